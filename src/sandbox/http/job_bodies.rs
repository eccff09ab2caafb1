//! The bodies of the writes to jobs (`nomad-api.md §3.1`).

use crate::sandbox::http::shape::{FieldKind, Shape};

/// A job is looked at more closely when it is read.
static JOB: Shape = Shape { go: "api.Job", fields: &[] };
static SUBMISSION: Shape = Shape {
    go: "api.JobSubmission",
    fields: &[
        ("Source", FieldKind::Text),
        ("Format", FieldKind::Text),
        ("VariableFlags", FieldKind::Map("string")),
        ("Variables", FieldKind::Text),
    ],
};
/// A registration.
pub(super) static REGISTRATION: Shape = Shape {
    go: "api.JobRegisterRequest",
    fields: &[
        ("Submission", FieldKind::One(&SUBMISSION)),
        ("Job", FieldKind::One(&JOB)),
        ("EnforceIndex", FieldKind::Flag),
        ("JobModifyIndex", FieldKind::Whole("uint64")),
        ("PolicyOverride", FieldKind::Flag),
        ("PreserveCounts", FieldKind::Flag),
        ("PreserveResources", FieldKind::Flag),
        ("EvalPriority", FieldKind::Whole("int")),
        ("Namespace", FieldKind::Text),
        ("Region", FieldKind::Text),
    ],
};
/// A dry run.
pub(super) static PLAN: Shape = Shape {
    go: "api.JobPlanRequest",
    fields: &[("Job", FieldKind::One(&JOB)), ("Diff", FieldKind::Flag), ("PolicyOverride", FieldKind::Flag)],
};
/// A validation.
pub(super) static VALIDATION: Shape =
    Shape { go: "api.JobValidateRequest", fields: &[("Job", FieldKind::One(&JOB))] };
/// A job file to be read.
pub(super) static PARSING: Shape = Shape {
    go: "api.JobsParseRequest",
    fields: &[("JobHCL", FieldKind::Text), ("Variables", FieldKind::Text), ("Canonicalize", FieldKind::Flag)],
};
static EVAL_OPTIONS: Shape =
    Shape { go: "structs.EvalOptions", fields: &[("ForceReschedule", FieldKind::Flag)] };
/// An evaluation by hand.
pub(super) static EVALUATION: Shape = Shape {
    go: "structs.JobEvaluateRequest",
    fields: &[("JobID", FieldKind::Text), ("EvalOptions", FieldKind::One(&EVAL_OPTIONS))],
};
/// A return to an older version.
pub(super) static REVERSION: Shape = Shape {
    go: "structs.JobRevertRequest",
    fields: &[
        ("JobID", FieldKind::Text),
        ("JobVersion", FieldKind::Whole("uint64")),
        ("EnforcePriorVersion", FieldKind::Whole("uint64")),
    ],
};
/// A mark of a version that works, or does not.
pub(super) static STABILITY: Shape = Shape {
    go: "structs.JobStabilityRequest",
    fields: &[
        ("JobID", FieldKind::Text),
        ("JobVersion", FieldKind::Whole("uint64")),
        ("Stable", FieldKind::Flag),
    ],
};
/// A scaling.
pub(super) static SCALING: Shape = Shape {
    go: "api.ScalingRequest",
    fields: &[
        ("Count", FieldKind::Whole("int64")),
        ("Target", FieldKind::Map("string")),
        ("Message", FieldKind::Text),
        ("Error", FieldKind::Flag),
        ("Meta", FieldKind::AnyMap),
        ("PolicyOverride", FieldKind::Flag),
        ("JobModifyIndex", FieldKind::Whole("uint64")),
    ],
};
/// A dispatch.
pub(super) static DISPATCH: Shape = Shape {
    go: "structs.JobDispatchRequest",
    fields: &[
        ("JobID", FieldKind::Text),
        ("Payload", FieldKind::Bytes),
        ("Meta", FieldKind::Map("string")),
        ("IdPrefixTemplate", FieldKind::Text),
        ("Priority", FieldKind::Whole("int")),
    ],
};
/// A version's name.
pub(super) static TAG: Shape = Shape {
    go: "structs.JobApplyTagRequest",
    fields: &[
        ("Version", FieldKind::Whole("uint64")),
        ("Latest", FieldKind::Flag),
        ("Description", FieldKind::Text),
    ],
};
