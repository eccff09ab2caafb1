//! The smallest ACL policy that a verb needs, as measured (`acl-policies.md`).

/// Verbs and what they need. `{ns}` stands for the namespace, `{own}` for fleet's own variables where they are in it.
const POLICIES: &[(&[&str], &str)] = &[
    (
        &["status", "top", "ui", "doctor", "why", "events"],
        r#"namespace "{ns}" {
  capabilities = ["list-jobs", "read-job"]
}
node {
  policy = "read"
}
node_pool "*" {
  policy = "read"
}
agent {
  policy = "read"
}
operator {
  policy = "read"
}
"#,
    ),
    (
        &["rotate-nodes", "node drain", "rotation"],
        r#"namespace "{ns}" {
  # alloc-lifecycle stops allocations one by one; scale-job lifts a single instance before its node is emptied
  capabilities = ["read-job", "alloc-lifecycle", "scale-job"]
{own}}
node {
  policy = "write"
}
"#,
    ),
    (
        &["deploy", "job run", "job plan", "promote", "abort"],
        r#"namespace "{ns}" {
  # Nomad 1.11.2 and newer also know register-job, plan-job, promote-deployment, fail-deployment and revert-job
  capabilities = ["read-job", "submit-job"]
}
"#,
    ),
    (
        &["exec", "shell", "run", "sync", "port-forward", "job action run"],
        r#"namespace "{ns}" {
  # alloc-node-exec only for drivers without isolation, such as raw_exec
  capabilities = ["read-job", "alloc-exec", "alloc-node-exec"]
}
"#,
    ),
    (
        &["logs"],
        r#"namespace "{ns}" {
  capabilities = ["read-job", "read-logs"]
}
"#,
    ),
    (
        &["cp"],
        r#"namespace "{ns}" {
  # alloc-exec only to copy into a task
  capabilities = ["read-job", "read-fs", "alloc-exec"]
}
"#,
    ),
    (
        &["alloc restart", "alloc stop", "alloc signal", "job restart"],
        r#"namespace "{ns}" {
  capabilities = ["read-job", "alloc-lifecycle"]
}
"#,
    ),
    (
        &["job scale"],
        r#"namespace "{ns}" {
  capabilities = ["read-job", "scale-job"]
}
"#,
    ),
    (
        &["job dispatch"],
        r#"namespace "{ns}" {
  capabilities = ["read-job", "dispatch-job"]
}
"#,
    ),
    (
        &["var list"],
        r#"namespace "{ns}" {
  variables {
    path "*" {
      capabilities = ["list"]
    }
  }
}
"#,
    ),
    (
        &["var get", "var diff"],
        r#"namespace "{ns}" {
  variables {
    path "*" {
      capabilities = ["read"]
    }
  }
}
"#,
    ),
    (
        &["var set", "var unset", "var put", "var edit", "var cp", "var lock"],
        r#"namespace "{ns}" {
  variables {
    path "*" {
      capabilities = ["read", "write"]
    }
  }
}
"#,
    ),
    (
        &["var rm"],
        r#"namespace "{ns}" {
  variables {
    path "*" {
      capabilities = ["read", "destroy"]
    }
  }
}
"#,
    ),
    (
        &["node eligible", "node ineligible", "node undrain", "node purge", "node intro-token"],
        r#"node {
  policy = "write"
}
"#,
    ),
    (
        &["server list", "operator autopilot health", "operator scheduler show"],
        r#"node {
  policy = "read"
}
operator {
  policy = "read"
}
"#,
    ),
    (
        &["operator snapshot save"],
        r#"operator {
  # on Nomad 1.11.3 and newer; a management token before
  capabilities = ["snapshot-save"]
}
"#,
    ),
];

/// What the paths of fleet's own variables begin with.
pub const OWN: &str = "fleet/";

/// The lock and the journals of rotations.
const OWN_VARIABLES: &str = r#"  variables {
    path "fleet/*" {
      capabilities = ["list", "read", "write", "destroy"]
    }
  }
"#;

/// The policy for a verb, in a namespace.
#[must_use]
pub fn for_verb(verb: &str, namespace: &str) -> Option<String> {
    let (_, policy) = POLICIES.iter().find(|(verbs, _)| verbs.contains(&verb))?;
    let text = policy.replace("{ns}", namespace);
    if !text.contains("{own}") {
        return Some(text);
    }
    Some(match namespace {
        "default" | "*" => text.replace("{own}", OWN_VARIABLES),
        // A block of its own is all that holds there, whatever is granted for every namespace.
        _ => {
            let text = text.replace("{own}", "");
            format!(
                "{text}# the lock and the journals stand in this namespace\nnamespace \"default\" {{\n{OWN_VARIABLES}}}\n"
            )
        }
    })
}

/// The verbs a policy is known for.
#[must_use]
pub fn verbs() -> Vec<&'static str> {
    POLICIES.iter().flat_map(|(verbs, _)| verbs.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_hcl_for_the_namespace() {
        for verb in verbs() {
            let policy = for_verb(verb, "ops").unwrap();
            assert!(hcl_edit::parser::parse_body(&policy).is_ok(), "{policy}");
            assert!(!policy.contains("{ns}") && !policy.contains("{own}"));
        }
        let blocks = |ns: &str| for_verb("rotation", ns).unwrap().matches("namespace \"").count();
        assert_eq!((blocks("default"), blocks("*"), blocks("ops")), (1, 1, 2));
        assert!(for_verb("deploy", "ops").unwrap().starts_with("namespace \"ops\""));
        assert_eq!(for_verb("brew", "ops"), None);
    }
}
