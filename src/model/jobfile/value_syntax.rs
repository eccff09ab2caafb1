//! How the text of a variable's value is read, as its declaration says.

/// How the text of an assignment in the environment or on the command line is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueSyntax {
    /// As it is: the type is a text, a number, or not said.
    Literal,
    /// As an expression.
    Expression,
}
