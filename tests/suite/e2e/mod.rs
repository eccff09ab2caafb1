//! The same cases on the embedded fleet, always, and on a real Nomad, whenever `nomad` is on PATH.

/// Declares the cases of a file: each is a test on the embedded fleet, and one on a real Nomad.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        pub(crate) const CASES: &[crate::e2e::Case] = &[$((module_path!(), stringify!($name))),*];

        mod on_real_nomad {
            $(
                #[test]
                fn $name() {
                    crate::e2e::on_real::run(stringify!($name), super::$name);
                }
            )*
        }

        mod on_the_embedded_fleet {
            $(
                #[test]
                fn $name() {
                    crate::e2e::on_sandbox::run(super::$name);
                }
            )*
        }
    };
}

mod actions;
mod alloc_acts;
mod canaries;
mod conflicts;
mod cp;
mod deploy;
mod direct;
mod doctor;
mod drains;
mod effective;
mod endings;
mod events;
mod exec;
mod faults;
mod forward;
mod gates;
mod in_place;
pub(crate) mod jobfiles;
pub(crate) mod jobs;
mod journals;
mod large;
mod launches;
mod lines;
mod logins;
mod logs;
mod looks;
mod machine_documents;
mod node_acts;
pub(crate) mod on_real;
pub(crate) mod on_sandbox;
mod operators;
mod pace;
mod present;
mod ran;
mod rebalance;
mod reports;
mod request_counts;
mod rights;
mod rotate;
mod rotations;
mod run;
mod second_copies;
mod secrets;
mod sync;
mod targets;
mod turns;
mod variables;
mod views;
mod waits;
mod why;
mod world;

/// A case, what must hold on any Nomad: its module and its name.
pub(crate) type Case = (&'static str, &'static str);

/// Every case.
pub(crate) fn cases() -> Vec<Case> {
    [
        views::CASES,
        why::CASES,
        rights::CASES,
        jobfiles::CASES,
        secrets::CASES,
        variables::CASES,
        events::CASES,
        machine_documents::CASES,
        operators::CASES,
        node_acts::CASES,
        drains::CASES,
        deploy::CASES,
        canaries::CASES,
        reports::CASES,
        gates::CASES,
        launches::CASES,
        present::CASES,
        exec::CASES,
        actions::CASES,
        alloc_acts::CASES,
        cp::CASES,
        targets::CASES,
        turns::CASES,
        run::CASES,
        sync::CASES,
        logins::CASES,
        logs::CASES,
        forward::CASES,
        endings::CASES,
        direct::CASES,
        doctor::CASES,
        effective::CASES,
        conflicts::CASES,
        rotate::CASES,
        pace::CASES,
        rotations::CASES,
        second_copies::CASES,
        waits::CASES,
        in_place::CASES,
        rebalance::CASES,
        looks::CASES,
    ]
    .concat()
}
