//! ACL roles, auth methods and binding rules: as the servers hold them, and as the documents of `fleet` tell them.

use serde_json::{Map, Value};

use crate::model::redaction::HIDDEN;

/// Every key, as the servers write it and as documents do.
const KEYS: &[(&str, &str)] = &[
    ("ID", "id"),
    ("Name", "name"),
    ("Description", "description"),
    ("Policies", "policies"),
    ("Hash", "hash"),
    ("CreateIndex", "create_index"),
    ("ModifyIndex", "modify_index"),
    ("CreateTime", "created_at"),
    ("ModifyTime", "modified_at"),
    ("Type", "type"),
    ("TokenLocality", "token_locality"),
    ("TokenNameFormat", "token_name_format"),
    ("MaxTokenTTL", "max_token_ttl"),
    ("Default", "default"),
    ("Config", "config"),
    ("JWTValidationPubKeys", "jwt_validation_pub_keys"),
    ("JWKSURL", "jwks_url"),
    ("JWKSCACert", "jwks_ca_cert"),
    ("OIDCDiscoveryURL", "oidc_discovery_url"),
    ("OIDCClientID", "oidc_client_id"),
    ("OIDCClientSecret", "oidc_client_secret"),
    ("OIDCClientAssertion", "oidc_client_assertion"),
    ("OIDCEnablePKCE", "oidc_enable_pkce"),
    ("OIDCDisableUserInfo", "oidc_disable_user_info"),
    ("OIDCScopes", "oidc_scopes"),
    ("Audience", "audience"),
    ("KeySource", "key_source"),
    ("KeyAlgorithm", "key_algorithm"),
    ("PrivateKey", "private_key"),
    ("PemKey", "pem_key"),
    ("PemKeyFile", "pem_key_file"),
    ("PemCert", "pem_cert"),
    ("PemCertFile", "pem_cert_file"),
    ("KeyID", "key_id"),
    ("KeyIDHeader", "key_id_header"),
    ("ExtraHeaders", "extra_headers"),
    ("BoundAudiences", "bound_audiences"),
    ("BoundIssuer", "bound_issuer"),
    ("AllowedRedirectURIs", "allowed_redirect_uris"),
    ("DiscoveryCaPem", "discovery_ca_pem"),
    ("SigningAlgs", "signing_algs"),
    ("ExpirationLeeway", "expiration_leeway"),
    ("NotBeforeLeeway", "not_before_leeway"),
    ("ClockSkewLeeway", "clock_skew_leeway"),
    ("ClaimMappings", "claim_mappings"),
    ("ListClaimMappings", "list_claim_mappings"),
    ("VerboseLogging", "verbose_logging"),
    ("AuthMethod", "auth_method"),
    ("Selector", "selector"),
    ("BindType", "bind_type"),
    ("BindName", "bind_name"),
];

/// Objects whose keys are the operator's.
const MAPS: [&str; 3] = ["ClaimMappings", "ListClaimMappings", "ExtraHeaders"];
/// What nobody is to read again.
const SECRETS: [&str; 2] = ["OIDCClientSecret", "PemKey"];

/// The document of an object that the servers hold. Secrets are hidden in it, and the policies of a role stand there by name, as
/// those of a token do.
#[must_use]
pub fn document(object: &Value) -> Value {
    match object {
        Value::Object(fields) => Value::Object(fields.iter().map(told).collect()),
        Value::Array(all) => Value::Array(all.iter().map(document).collect()),
        other => other.clone(),
    }
}

fn told((key, value): (&String, &Value)) -> (String, Value) {
    let name = KEYS
        .iter()
        .find(|(api, _)| api == key)
        .map_or_else(|| snake_case(key), |(_, name)| (*name).to_owned());
    let value = match (key.as_str(), value) {
        (map, value) if MAPS.contains(&map) => value.clone(),
        (secret, Value::String(text)) if SECRETS.contains(&secret) && !text.is_empty() => HIDDEN.into(),
        ("Policies", Value::Array(all)) => all.iter().map(|link| link["Name"].clone()).collect(),
        (_, value) => document(value),
    };
    (name, value)
}

/// What the servers are to hold of a document, or of an object as the API writes it. Keys that are not known are left to the
/// servers.
///
/// # Errors
/// A sentence, where a secret is hidden in it: to be stored it has to be written.
pub fn from_document(document: &Value) -> Result<Value, String> {
    Ok(match document {
        Value::Object(fields) => {
            Value::Object(fields.iter().map(stored).collect::<Result<Map<_, _>, String>>()?)
        }
        Value::Array(all) => all.iter().map(from_document).collect::<Result<_, _>>()?,
        other => other.clone(),
    })
}

fn stored((key, value): (&String, &Value)) -> Result<(String, Value), String> {
    let api = KEYS.iter().find(|(_, name)| name == key).map_or(key.as_str(), |(api, _)| api);
    let value = match (api, value) {
        (map, value) if MAPS.contains(&map) => value.clone(),
        (secret, Value::String(text)) if SECRETS.contains(&secret) && text == HIDDEN => {
            return Err(format!("{key} is {HIDDEN}: what it is has to be written there"));
        }
        ("Policies", Value::Array(all)) => {
            let link = |policy: &Value| match policy {
                Value::String(_) => Ok(Value::Object(Map::from_iter([("Name".to_owned(), policy.clone())]))),
                other => from_document(other),
            };
            all.iter().map(link).collect::<Result<_, _>>()?
        }
        (_, value) => from_document(value)?,
    };
    Ok((api.to_owned(), value))
}

/// A key that this version does not know yet: `NewURLKey` is `new_url_key`.
fn snake_case(key: &str) -> String {
    let all: Vec<char> = key.chars().collect();
    let mut name = String::new();
    for (at, c) in all.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| all[at]);
        let begins = before.is_some_and(|b| b.is_lowercase() || b.is_ascii_digit())
            || (before.is_some_and(char::is_uppercase) && all.get(at + 1).is_some_and(|n| n.is_lowercase()));
        if c.is_uppercase() && begins {
            name.push('_');
        }
        name.extend(c.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_is_stored_as_what_it_was_made_of() {
        let role = json!({"ID": "7", "Name": "ops", "Description": "", "Policies": [{"Name": "reader"}, {"Name": "ops"}]});
        assert_eq!(
            document(&role),
            json!({"id": "7", "name": "ops", "description": "", "policies": ["reader", "ops"]})
        );
        let method = json!({"Name": "okta", "MaxTokenTTL": "1h0m0s", "CreateTime": "2026-11-30T12:38:36Z", "Config": {
            "OIDCDiscoveryURL": "https://x", "OIDCClientAssertion": null, "AllowedRedirectURIs": ["http://y"],
            "ClaimMappings": {"first_Name": "First"}}});
        let told = document(&method);
        assert_eq!(
            told,
            json!({"name": "okta", "max_token_ttl": "1h0m0s", "created_at": "2026-11-30T12:38:36Z", "config": {
            "oidc_discovery_url": "https://x", "oidc_client_assertion": null, "allowed_redirect_uris": ["http://y"],
            "claim_mappings": {"first_Name": "First"}}})
        );
        for object in [role, method] {
            assert_eq!(from_document(&document(&object)).unwrap(), object);
            assert_eq!(from_document(&object).unwrap(), object);
        }
    }

    #[test]
    fn a_secret_is_hidden_and_what_is_hidden_is_not_stored() {
        let method = json!({"Config": {"OIDCClientSecret": "CANARY", "OIDCClientAssertion": {"PrivateKey": {"PemKey": "CANARY", "PemCert": ""}}}});
        let told = document(&method);
        assert!(!told.to_string().contains("CANARY"), "{told}");
        assert_eq!(
            from_document(&told).unwrap_err(),
            format!("pem_key is {HIDDEN}: what it is has to be written there")
        );
        assert_eq!(from_document(&method).unwrap(), method);
    }

    #[test]
    fn keys_of_newer_servers_are_written_as_the_others_are() {
        let names = ["NewURLKey", "BindName", "TTL", "OIDCNew2Fa", "x"].map(snake_case);
        assert_eq!(names, ["new_url_key", "bind_name", "ttl", "oidc_new2_fa", "x"]);
    }
}
