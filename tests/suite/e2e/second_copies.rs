//! Counts that a rotation raised for a second copy, where the rotation did not come to its end: told, and given back by whoever it is due.

use fleet::api::nomad::node::Eligibility;
use serde_json::Value;

use crate::binary::Fleet;
use crate::e2e::jobs::Job;
use crate::e2e::ran::{code, ended, ok};
use crate::e2e::world::{World, signal};

cases! {
    a_second_interrupt_names_the_counts_that_stay_raised_and_a_new_rotation_gives_them_back,
    what_a_rotation_had_raised_that_was_finished_elsewhere_is_nobodys_any_more,
}

const SURGE: &[&str] =
    &["rotate-nodes", "--class", "old", "--yes", "--settle", "500ms", "--singletons", "surge"];

fn solo() -> Job {
    Job::service("solo", 1).with(|j| j.group = "shutdown_delay = \"4s\"".to_owned())
}

fn copies(world: &World) -> usize {
    world.allocs("solo").iter().filter(|a| !a.is_terminal()).count()
}

/// The count that the job wants.
fn count(world: &World) -> u64 {
    let get = fleet::api::nomad::job::get("default", "solo");
    world.wait_on(world.api().read(&get)).unwrap().value.group("g").unwrap().count()
}

fn listed(fleet: &Fleet) -> Value {
    serde_json::from_str(&ok(&fleet.run(&["rotation", "list", "-o", "json"])).out).unwrap()
}

fn a_second_interrupt_names_the_counts_that_stay_raised_and_a_new_rotation_gives_them_back(world: &World) {
    world.start_on_old(&[solo()]);
    let mut tries = 0;
    loop {
        let child = world.start(SURGE);
        world.until("a second copy", 60.0, |w| copies(w) == 2);
        signal(&child, "INT");
        world.pause(0.02);
        signal(&child, "INT");
        let ran = ended(child);
        code(&ran, 130, "fleet rotation rollback r-");
        if count(world) == 2 {
            assert!(ran.err.contains("to give it back: fleet job scale solo g 1"), "{ran}");
            break;
        }
        // The first one had it given back already.
        tries += 1;
        assert!(tries < 20, "no second interrupt came before the count was given back\n{ran}");
        world.until("one copy", 30.0, |w| copies(w) == 1);
    }
    let back =
        "the count of solo/g is still one more than its own; to give it back: fleet job scale solo g 1";
    let list = listed(&world.fleet());
    assert_eq!(list[0]["raised"][0]["own_count"], 1, "{list}");
    let name = list[0]["rotation"].as_str().unwrap().to_owned();
    for ran in [world.run(&["rotation", "list"]), world.run(&["status"])] {
        assert!(ok(&ran).err.contains(back) || ran.out.contains("job scale solo g 1"), "{ran}");
    }
    code(&world.run(&["rotation", "show", &name]), 0, "");
    // Somebody gives it up by hand, and does not know of the count.
    for node in ["c1", "c2", "c3"] {
        world.set_eligible(node, Eligibility::Eligible);
    }
    let list = world.run(&["rotation", "list"]);
    code(&list, 0, "to take its second copies away and forget it: fleet rotation rollback");
    world.until("both are well", 60.0, |w| w.healthy("solo").len() == 2);
    let ran = world.run(SURGE);
    code(&ran, 0, &format!("since rotation {name}: this one gives it back"));
    world.until("one copy", 30.0, |w| copies(w) == 1);
    assert_eq!((count(world), listed(&world.fleet()).as_array().unwrap().len()), (1, 0), "{ran}");
}

fn what_a_rotation_had_raised_that_was_finished_elsewhere_is_nobodys_any_more(world: &World) {
    world.start_on_old(&[solo()]);
    let mut child = world.start(SURGE);
    world.until("a second copy", 60.0, |w| copies(w) == 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let home = tempfile::tempdir().unwrap();
    let other = Fleet::new(home.path()).env("NOMAD_ADDR", &world.address).env("NOMAD_TOKEN", &world.token);
    let name = listed(&other)[0]["rotation"].as_str().unwrap().to_owned();
    ok(&other.run(&["rotation", "resume", &name, "--yes"]));
    assert_eq!(count(world), 1);
    // Two of it are wanted from now on, by somebody's decision.
    ok(&world.run(&["job", "scale", "solo", "g", "2", "--yes"]));
    world.until("two of it", 60.0, |w| w.healthy("solo").len() == 2);
    let ran = world.run(SURGE);
    assert!(
        ok(&ran).err.contains(&format!("rotation {name} ")) && ran.err.contains("was finished by "),
        "{ran}"
    );
    assert_eq!((count(world), copies(world)), (2, 2), "{ran}");
}
