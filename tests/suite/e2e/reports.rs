//! What a pipeline's page is told of a deployment that came to nothing: at whatever step, and of every job of the run.

use crate::binary::Fleet;
use crate::e2e::deploy::{Service, service};
use crate::e2e::world::World;

cases! {
    papers_tell_of_a_failure_at_any_step_and_of_the_jobs_that_were_not_reached,
    papers_say_what_was_done_and_skip_what_ran_nothing,
}

struct Told {
    junit: String,
    summary: String,
}

/// Runs `deploy` in vain, and reads what it left behind.
fn told(world: &World, fleet: &Fleet, args: &[&str], code: i32) -> Told {
    let home = world.home();
    for old in ["junit.xml", "summary.md"] {
        drop(std::fs::remove_file(home.join(old)));
    }
    let reports = ["--junit", "junit.xml", "--summary", "summary.md"];
    let ran = fleet.run(&[&["deploy"], args, &reports].concat());
    assert_eq!(ran.code, code, "{args:?}\n{ran}");
    let read = |name: &str| {
        std::fs::read_to_string(home.join(name)).unwrap_or_else(|e| panic!("{name}: {e}\n{ran}"))
    };
    Told { junit: read("junit.xml"), summary: read("summary.md") }
}

impl Told {
    #[track_caller]
    fn says(&self, totals: &str, junit: &[&str], summary: &[&str]) -> &Self {
        for part in [&[totals], junit].concat() {
            assert!(self.junit.contains(part), "{part} is not in\n{}", self.junit);
        }
        for part in summary {
            assert!(self.summary.contains(part), "{part} is not in\n{}", self.summary);
        }
        assert!(!self.junit.contains("hunter") && !self.summary.contains("hunter"), "{}", self.junit);
        self
    }
}

fn papers_tell_of_a_failure_at_any_step_and_of_the_jobs_that_were_not_reached(world: &World) {
    let fleet = world.fleet();
    let write = |name: &str, hcl: &str| std::fs::write(world.home().join("jobs").join(name), hcl).unwrap();
    std::fs::create_dir_all(world.home().join("jobs")).unwrap();
    write("a.hcl", &service("app", 0).hcl());
    write("c.hcl", &service("web", 0).hcl());
    let dir = ["--dir", "jobs", "--yes"];

    // Nobody understands the second file.
    write("b.hcl", &service("db", 0).hcl().replace("count = 2", "cuont = 2"));
    told(world, &fleet, &dir, 2).says(
        "tests=\"3\" failures=\"0\" errors=\"1\" skipped=\"2\"",
        &[
            "name=\"jobs/b.hcl\"",
            "<error message=\"jobs/b.hcl is not a valid job file\">",
            "jobs/b.hcl:4:2: Unsupported argument",
            "<skipped message=\"not started\"/>",
        ],
        &[
            "| result | jobs/b.hcl is not a valid job file |",
            "| jobs/c.hcl |  | not started |",
            "Unsupported argument",
        ],
    );
    // The servers object to it.
    write("b.hcl", &Service { more: "node_pool = \"nowhere\"", ..service("db", 0) }.hcl());
    told(world, &fleet, &dir, 1).says(
        "tests=\"3\" failures=\"0\" errors=\"1\" skipped=\"2\"",
        &["name=\"db\"", "nowhere"],
        &["| app |  | not started |", "nowhere"],
    );
    // Its canaries would tell nothing.
    told(world, &fleet, &["jobs/a.hcl", "--yes", "--canary"], 7).says(
        "errors=\"1\"",
        &["--force-no-check"],
        &["would prove nothing", "--force-no-check"],
    );
    // Nobody says yes: that is no job's failure.
    told(world, &fleet, &["jobs/a.hcl", "jobs/c.hcl"], 7).says(
        "tests=\"3\" failures=\"0\" errors=\"1\" skipped=\"2\"",
        &["classname=\"fleet\" name=\"deploy\"", "confirmation needed"],
        &["confirmation needed"],
    );
    // Whoever may plan may not register.
    let rights =
        "namespace \"default\" {\n policy = \"read\"\n capabilities = [\"parse-job\", \"plan-job\"]\n}\n";
    if world.is_at_least((1, 11), "the right to plan without the one to register") {
        let guest = fleet.clone().env("NOMAD_TOKEN", world.token(rights));
        told(world, &guest, &["jobs/a.hcl", "jobs/c.hcl", "--yes"], 4).says(
            "tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"1\"",
            &["name=\"app\"", "403", "the token needs"],
            &["could not register job app", "| web |  | not started |", "the token needs"],
        );
    }
    // Nothing was asked for but a plan.
    told(world, &fleet, &["jobs/a.hcl", "--dry-run"], 8).says(
        "errors=\"0\" skipped=\"1\"",
        &["would change; nothing was written"],
        &["| result | nothing was deployed |"],
    );
    // The options make no sense.
    told(world, &fleet, &["jobs/a.hcl", "--gate-cmd", "true"], 2).says(
        "tests=\"1\" failures=\"0\" errors=\"1\"",
        &["add --promote"],
        &["add --promote"],
    );
}

fn papers_say_what_was_done_and_skip_what_ran_nothing(world: &World) {
    let fleet = world.fleet();
    std::fs::write(world.home().join("a.hcl"), service("app", 0).hcl()).unwrap();
    let quick = ["a.hcl", "--yes", "--settle", "1s"];
    told(world, &fleet, &quick, 0).says("skipped=\"0\"", &[], &["| result | deployed and healthy |"]);
    told(world, &fleet, &quick, 0).says(
        "skipped=\"1\"",
        &["<skipped message=\"nothing to do: 2 of 2 healthy\"/>"],
        &["| result | nothing to do, healthy |"],
    );
    told(world, &fleet, &["app"], 0).says(
        "skipped=\"0\"",
        &["<system-out>followed only, and healthy</system-out>"],
        &["| result | followed only, and healthy |"],
    );
    std::fs::write(world.home().join("a.hcl"), service("app", 0).hcl().replace("count = 2", "count = 0"))
        .unwrap();
    told(world, &fleet, &quick, 0).says(
        "skipped=\"1\"",
        &["no instances are wanted\"/>"],
        &["| result | no instances are wanted |"],
    );
}
