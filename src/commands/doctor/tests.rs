use std::collections::BTreeSet;

use super::*;

fn view() -> DoctorView {
    let finding = |code, subject: &str, waived: Option<&str>| Finding {
        fault: Fault::new(code, subject, "is <wrong>").within("default").next("fleet status"),
        waived_because: waived.map(str::to_owned),
    };
    DoctorView {
        nomad: "http://127.0.0.1:4646".to_owned(),
        findings: vec![finding("FD212", "node c4", None), finding("FD103", "job web", None)],
        waived: vec![finding("FD106", "job web", Some("it is rolled back by hand"))],
        could_not_check: vec!["the servers: 403".to_owned()],
        left_out: Vec::new(),
        jobs_read: 1,
    }
}

#[test]
fn each_code_has_a_page_and_each_page_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".md").to_owned())
        .collect();
    let codes: BTreeSet<String> = doctor::CHECKS.iter().map(|c| c.code.to_owned()).collect();
    assert_eq!(files, codes);
    assert_eq!(pages::PAGES.len(), doctor::CHECKS.len());
    for check in doctor::CHECKS {
        let page = explain(check.code).unwrap().text;
        assert!(page.starts_with(&format!("# {}: ", check.code)), "{}", check.code);
        assert!(page.to_lowercase().contains(&format!("severity: {}.", check.severity)), "{}", check.code);
    }
    assert!(explain("FD999").is_err());
    let document = serde_json::to_value(explain("fd103").unwrap()).unwrap();
    assert_eq!(document["code"], "FD103");
    assert!(document["text"].as_str().unwrap().starts_with("# FD103: "), "{document}");
}

#[test]
fn findings_outweigh_what_could_not_be_looked_at() {
    let mut view = view();
    assert_eq!(verdict(&view).number(), 1);
    view.findings.clear();
    assert_eq!(verdict(&view).number(), 2);
    view.could_not_check.clear();
    assert_eq!(verdict(&view).number(), 0);
}

#[test]
fn reports_hold_every_finding_and_no_markup_of_its_own() {
    let view = view();
    let junit = reports::junit(&view, |_, _| true);
    assert!(junit.contains("failures=\"2\" errors=\"1\" skipped=\"1\""), "{junit}");
    assert!(junit.contains("node c4: is &lt;wrong&gt;"), "{junit}");
    // A check that was not to be told of did not pass.
    let only = reports::junit(&view, |code, _| code == "FD212");
    assert!(only.contains("tests=\"2\" failures=\"1\" errors=\"1\" skipped=\"0\""), "{only}");
    let html = reports::html(&view);
    assert!(
        html.contains("<h1>fleet doctor: 2 findings</h1>") && html.contains("is &lt;wrong&gt;"),
        "{html}"
    );
    let sarif = reports::sarif(&view);
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!((&results[0]["ruleId"], &results[0]["level"]), (&"FD212".into(), &"error".into()));
    assert_eq!(results[2]["suppressions"][0]["justification"], "it is rolled back by hand");
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn what_was_found_is_a_sentence_on_a_narrow_screen_too() {
    let text = "group api has no auto_revert: a failed deployment leaves the bad version there";
    let fault = Fault::new("FD106", "job web", text).within("default").next("fleet job inspect web");
    let rows = [Finding { fault, waived_because: None }];
    let narrow = crate::ui::testing::screen(60, |p| p.list(&rows, ""));
    assert!(narrow.contains("\n  group api has no auto_revert: a failed deployment leaves"), "{narrow}");
    assert!(narrow.contains("fleet job inspect web"), "{narrow}");
}
