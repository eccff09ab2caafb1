//! nginx: its language, what a configuration serves, and what it answers.

pub mod answer;
pub mod files;
pub mod lexer;
pub mod site;
pub mod template;
pub mod tree;
pub mod value;
