//! Each case on an embedded fleet of its own.

use std::rc::Rc;

use fleet::sandbox::id::Id;
use fleet::sandbox::scenario::{self, Scenario};
use fleet::sandbox::time::Pace;
use fleet::sandbox::world::World as Simulation;
use fleet::sandbox::{Options, Sandbox};

use crate::e2e::world::{Machines, World};

/// The cluster's clock runs so many times faster than ours, so that the suite is not kept waiting.
const SPEED: f64 = 4.0;

struct SimulatedMachines(Rc<Sandbox>);

impl Machines for SimulatedMachines {
    fn kill_node(&self, name: &str) {
        self.0.with(|world| {
            let id = id_of(world, name).unwrap();
            world.kill_node(id);
        });
    }

    fn start_node(&self, name: &str) {
        self.0.with(|world| {
            let id = id_of(world, name);
            match id {
                Some(id) => world.revive_node(id),
                None => scenario::newcomer(world, name),
            }
        });
    }

    fn kill_leader(&self) {
        self.0.with(Simulation::kill_leader);
    }

    fn starving(&self) -> Option<&'static str> {
        Some(
            "driver = \"mock_driver\"\n config {\n run_for = \"500ms\"\n exit_code = 137\n exit_signal = 9\n \
             exit_oom_killed = true\n }",
        )
    }

    fn heal(&self) {
        self.0.with(|world| {
            world.restore_leader();
            let down: Vec<_> = world.state.nodes().map(|n| n.id).collect();
            down.into_iter().for_each(|id| world.revive_node(id));
        });
    }
}

fn id_of(world: &Simulation, name: &str) -> Option<Id> {
    world.state.nodes().find(|n| &*n.name == name).map(|n| n.id)
}

/// A bare embedded fleet, and the same as cases know it.
pub(crate) struct Simulated {
    pub(crate) sandbox: Rc<Sandbox>,
    pub(crate) world: World,
}

impl Simulated {
    pub(crate) fn new(speed: f64) -> Self {
        let pace = Pace::Real { speed };
        let options =
            Options { scenario: Scenario::Bare, pace, consul: true, run_tasks: true, ..Options::default() };
        let sandbox = Rc::new(Sandbox::start(options).unwrap());
        let consul = sandbox.consul_address().zip(sandbox.consul_token().map(str::to_owned));
        let at = (sandbox.nomad_address(), sandbox.token().to_owned(), consul);
        let world = World::new(at, Box::new(SimulatedMachines(Rc::clone(&sandbox))), speed);
        Simulated { sandbox, world }
    }
}

/// Runs a case from its beginning to its end.
pub(crate) fn run(case: fn(&World)) {
    case(&Simulated::new(SPEED).world);
}
