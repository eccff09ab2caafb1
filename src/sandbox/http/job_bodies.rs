//! The bodies of the writes to jobs (`nomad-api.md §3.1`).

use crate::sandbox::http::shape::{Is, Shape};

/// A job is looked at more closely when it is read.
static JOB: Shape = Shape { go: "api.Job", fields: &[] };
static SUBMISSION: Shape = Shape {
    go: "api.JobSubmission",
    fields: &[
        ("Source", Is::Text),
        ("Format", Is::Text),
        ("VariableFlags", Is::Map("string")),
        ("Variables", Is::Text),
    ],
};
/// A registration.
pub(super) static REGISTRATION: Shape = Shape {
    go: "api.JobRegisterRequest",
    fields: &[
        ("Submission", Is::One(&SUBMISSION)),
        ("Job", Is::One(&JOB)),
        ("EnforceIndex", Is::Flag),
        ("JobModifyIndex", Is::Whole("uint64")),
        ("PolicyOverride", Is::Flag),
        ("PreserveCounts", Is::Flag),
        ("PreserveResources", Is::Flag),
        ("EvalPriority", Is::Whole("int")),
        ("Namespace", Is::Text),
        ("Region", Is::Text),
    ],
};
/// A dry run.
pub(super) static PLAN: Shape = Shape {
    go: "api.JobPlanRequest",
    fields: &[("Job", Is::One(&JOB)), ("Diff", Is::Flag), ("PolicyOverride", Is::Flag)],
};
/// A validation.
pub(super) static VALIDATION: Shape =
    Shape { go: "api.JobValidateRequest", fields: &[("Job", Is::One(&JOB))] };
/// A job file to be read.
pub(super) static PARSING: Shape = Shape {
    go: "api.JobsParseRequest",
    fields: &[("JobHCL", Is::Text), ("Variables", Is::Text), ("Canonicalize", Is::Flag)],
};
static EVAL_OPTIONS: Shape = Shape { go: "structs.EvalOptions", fields: &[("ForceReschedule", Is::Flag)] };
/// An evaluation by hand.
pub(super) static EVALUATION: Shape = Shape {
    go: "structs.JobEvaluateRequest",
    fields: &[("JobID", Is::Text), ("EvalOptions", Is::One(&EVAL_OPTIONS))],
};
/// A return to an older version.
pub(super) static REVERSION: Shape = Shape {
    go: "structs.JobRevertRequest",
    fields: &[
        ("JobID", Is::Text),
        ("JobVersion", Is::Whole("uint64")),
        ("EnforcePriorVersion", Is::Whole("uint64")),
    ],
};
/// A mark of a version that works, or does not.
pub(super) static STABILITY: Shape = Shape {
    go: "structs.JobStabilityRequest",
    fields: &[("JobID", Is::Text), ("JobVersion", Is::Whole("uint64")), ("Stable", Is::Flag)],
};
/// A scaling.
pub(super) static SCALING: Shape = Shape {
    go: "api.ScalingRequest",
    fields: &[
        ("Count", Is::Whole("int64")),
        ("Target", Is::Map("string")),
        ("Message", Is::Text),
        ("Error", Is::Flag),
        ("Meta", Is::AnyMap),
        ("PolicyOverride", Is::Flag),
        ("JobModifyIndex", Is::Whole("uint64")),
    ],
};
/// A dispatch.
pub(super) static DISPATCH: Shape = Shape {
    go: "structs.JobDispatchRequest",
    fields: &[
        ("JobID", Is::Text),
        ("Payload", Is::Bytes),
        ("Meta", Is::Map("string")),
        ("IdPrefixTemplate", Is::Text),
        ("Priority", Is::Whole("int")),
    ],
};
/// A version's name.
pub(super) static TAG: Shape = Shape {
    go: "structs.JobApplyTagRequest",
    fields: &[("Version", Is::Whole("uint64")), ("Latest", Is::Flag), ("Description", Is::Text)],
};
