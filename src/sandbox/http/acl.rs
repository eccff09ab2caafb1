//! Tokens and policies: `/v1/acl/…` (`nomad-api.md §9.3`).

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::wire::Nanos;
use crate::sandbox::acl::Rules;
use crate::sandbox::go;
use crate::sandbox::http::access::{NO_IDENTITY, denied};
use crate::sandbox::http::call::{Call, WRONG_METHOD};
use crate::sandbox::http::ids;
use crate::sandbox::http::paging::{Keyed, Token as Order, page};
use crate::sandbox::http::reply::{HandlerResult, Reply, json as to_json};
use crate::sandbox::http::request::Input;
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::id::Id;
use crate::sandbox::state::acl::{Policy, Token, digest};
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::world::requests::{Refusal, many_errors};

static POLICY: Shape = Shape {
    go: "structs.ACLPolicy",
    fields: &[("Name", FieldKind::Text), ("Description", FieldKind::Text), ("Rules", FieldKind::Text)],
};
static TOKEN: Shape = Shape {
    go: "struct { ExpirationTTL interface {}; Hash string; *structs.Alias }",
    fields: &[
        ("Hash", FieldKind::Text),
        ("Alias.AccessorID", FieldKind::Text),
        ("Alias.SecretID", FieldKind::Text),
        ("Alias.Name", FieldKind::Text),
        ("Alias.Type", FieldKind::Text),
        ("Alias.Policies", FieldKind::Texts),
        ("Alias.Global", FieldKind::Flag),
    ],
};
/// The shortest time a token may live.
const MIN_TTL: Nanos = Nanos::from_secs(60);
/// The longest.
const MAX_TTL: Nanos = Nanos::from_secs(24 * 3600);

fn bad(words: impl Into<String>) -> Refusal {
    Refusal::new(400, words)
}

/// A row without some of its fields.
fn without(value: &impl serde::Serialize, fields: &[&str]) -> Value {
    let mut value = serde_json::to_value(value).unwrap_or_default();
    if let Some(map) = value.as_object_mut() {
        for field in fields {
            map.remove(*field);
        }
    }
    value
}

pub(super) fn policies(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.rights()?;
    let own = rights.token().and_then(|t| t.policies.clone()).unwrap_or_default();
    let visible = |p: &&Arc<Policy>| {
        p.name.starts_with(&options.prefix) && (rights.is_management() || own.contains(&p.name))
    };
    let state = call.state();
    let rows: Vec<Arc<Policy>> = state.acl.policies.values().filter(visible).cloned().collect();
    let write = |policy: &Arc<Policy>, out: &mut Vec<u8>| {
        out.extend(to_json(&without(&**policy, &["Rules", "RulesJSON"])));
    };
    let index = state.indexes.table(Table::AclPolicies);
    Ok(Reply::rows(rows, write).read(index, vec![Scope::Table(Table::AclPolicies)]))
}

pub(super) fn policy(call: &mut Call<'_>) -> HandlerResult {
    let name = call.rest;
    if name.is_empty() {
        return Err(bad("Missing Policy Name"));
    }
    match call.request.method.as_str() {
        "GET" => query_policy(call, name),
        "PUT" | "POST" => upsert_policy(call, name),
        "DELETE" => {
            call.manages()?;
            let mut write = call.world.write();
            write.remove_policy(name);
            Ok(Reply::empty().written(write.index))
        }
        _ => Err(Refusal::new(405, WRONG_METHOD)),
    }
}

fn query_policy(call: &Call<'_>, name: &str) -> HandlerResult {
    call.options()?;
    let rights = call.rights()?;
    let own = rights.token().and_then(|t| t.policies.clone()).unwrap_or_default();
    if !rights.is_management() && !own.iter().any(|p| p == name) {
        return Err(denied());
    }
    let state = call.state();
    let watch = vec![Scope::Name(Table::AclPolicies, name.into())];
    let table = state.indexes.table(Table::AclPolicies);
    Ok(match state.acl.policies.get(name) {
        Some(policy) => Reply::value(&**policy).read(policy.modify_index, watch),
        None => Reply::text(404, "ACL policy not found").read(table, watch),
    })
}

fn upsert_policy(call: &mut Call<'_>, name: &str) -> HandlerResult {
    let input = call.request.json(&POLICY)?;
    if input.text("Name") != name {
        return Err(bad("ACL policy name does not match request path"));
    }
    call.manages()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.len() > 128 || !name.chars().all(fits) {
        let words = format!("invalid name '{name}'");
        return Err(bad(format!("policy 0 invalid: {}", many_errors(&[words]))));
    }
    let invalid = |words| bad(format!("policy 0 invalid: {}", many_errors(&[words])));
    let parsed = Rules::parse(input.text("Rules"));
    let parsed = parsed.map_err(|words| invalid(format!("failed to parse rules: {words}")))?;
    let (rules, description) = (input.text("Rules").to_owned(), input.text("Description").to_owned());
    let policy = Policy {
        create_index: 0,
        hash: digest(&[name, &description, &rules]),
        description,
        job_acl: Some(input.get("JobACL").clone()).filter(|v| !v.is_null()),
        modify_index: 0,
        name: name.to_owned(),
        rules,
        parsed,
    };
    let mut write = call.world.write();
    let index = write.index;
    write.put_policy(policy);
    Ok(Reply::empty().written(index))
}

impl Keyed for Token {
    fn namespace(&self) -> &str {
        ""
    }
    fn id(&self) -> String {
        self.accessor.to_string()
    }
    fn create_index(&self) -> u64 {
        self.create_index
    }
    fn modify_index(&self) -> u64 {
        self.modify_index
    }
}

impl crate::sandbox::filter::Row for Token {
    fn field(&self, name: &str) -> Option<std::borrow::Cow<'_, Value>> {
        crate::sandbox::wire::fields::pick(self, name).map(std::borrow::Cow::Owned)
    }
}

pub(super) fn tokens(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    call.manages()?;
    let global = call.request.query.flag("global").map_err(|r| bad(r.text))?;
    let state = call.state();
    let meant = |t: &&Arc<Token>| {
        t.accessor.to_string().starts_with(&options.prefix) && global.is_none_or(|g| g == t.global)
    };
    let mut all: Vec<&Arc<Token>> = state.acl.tokens.values().filter(meant).collect();
    all.sort_by_key(|t| (t.create_index, t.accessor));
    let order = if options.prefix.is_empty() { Order::CreationAndId } else { Order::Id };
    let page = page(all.into_iter(), &options, order, |_| true)?;
    let write = |token: &Arc<Token>, out: &mut Vec<u8>| {
        out.extend(to_json(&without(&**token, &["SecretID", "ExpirationTTL"])));
    };
    let index = state.indexes.table(Table::AclTokens);
    let reply = Reply::rows(page.rows, write).followed_by(page.next);
    Ok(reply.read(index, vec![Scope::Table(Table::AclTokens)]))
}

pub(super) fn bootstrap(call: &mut Call<'_>) -> HandlerResult {
    call.only("PUT")?;
    let index = call.state().acl.tokens.values().map(|t| t.create_index).min().unwrap_or(0);
    Err(bad(format!("ACL bootstrap already done (reset index: {index})")))
}

pub(super) fn token(call: &mut Call<'_>) -> HandlerResult {
    let id = call.rest;
    match (id, call.request.method.as_str()) {
        ("" | "bootstrap", "PUT" | "POST") => upsert_token(call, ""),
        ("self", "GET") => own_token(call),
        ("", _) => Err(bad("Missing Token Accessor")),
        (id, "GET") => query_token(call, id),
        (id, "PUT" | "POST") => upsert_token(call, id),
        (id, "DELETE") => remove_token(call, id),
        _ => Err(Refusal::new(405, WRONG_METHOD)),
    }
}

/// The token of whoever brings none.
fn anonymous(call: &Call<'_>) -> Reply {
    let token = json!({"ExpirationTTL": "", "AccessorID": "anonymous", "SecretID": "", "Name": "Anonymous Token",
        "Type": "client", "Policies": ["anonymous"], "Roles": null, "Global": false, "Hash": null,
        "CreateTime": "0001-01-01T00:00:00Z", "ExpirationTime": null, "CreateIndex": 0, "ModifyIndex": 0});
    let index = call.state().indexes.table(Table::AclTokens);
    Reply::value(&token).read(index, Vec::new())
}

fn own_token(call: &Call<'_>) -> HandlerResult {
    call.options()?;
    // What is no secret is taken for a signed identity of a task.
    let secret = &call.request.token;
    if !secret.is_empty() && Id::parse(secret).is_none() {
        call.reach()?;
        return Err(Refusal::failed(NO_IDENTITY));
    }
    let rights = call.rights()?;
    let Some(token) = rights.token() else { return Ok(anonymous(call)) };
    let watch = vec![Scope::Row(Table::AclTokens, token.accessor)];
    Ok(Reply::value(&**token).read(token.modify_index, watch))
}

fn query_token(call: &Call<'_>, id: &str) -> HandlerResult {
    call.options()?;
    let rights = call.rights()?;
    let own = rights.token().is_some_and(|t| t.accessor.to_string() == id);
    if !rights.is_management() && !own {
        return Err(denied());
    }
    let known = ids::full(id, "acl token lookup failed: ")?;
    let state = call.state();
    let table = state.indexes.table(Table::AclTokens);
    let watch = vec![Scope::Table(Table::AclTokens)];
    Ok(match known.and_then(|id| state.acl.tokens.get(&id)) {
        Some(token) => Reply::value(&**token).read(token.modify_index, watch),
        None => Reply::text(404, "ACL token not found").read(table, watch),
    })
}

fn upsert_token(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let input = call.request.json(&TOKEN)?;
    if !id.is_empty() && input.text("AccessorID") != id {
        return Err(bad("Token accessor does not match request path"));
    }
    call.manages()?;
    let known = Id::parse(input.text("AccessorID"));
    let existing = known.and_then(|id| call.state().acl.tokens.get(&id)).cloned();
    if known.is_some() && existing.is_none() {
        return Err(bad(format!("cannot find token {}", input.text("AccessorID"))));
    }
    if let Some(existing) = &existing {
        may_become(existing, &input)?;
    }
    let token = new_token(call, &input, existing.as_deref())?;
    let mut write = call.world.write();
    let index = write.index;
    let token = write.put_token(token);
    Ok(Reply::value(&*token).written(index))
}

/// Refuses what of a token cannot be changed: when it ends, and whether every region knows it.
fn may_become(existing: &Token, input: &Input) -> Result<(), Refusal> {
    let mut flaws = Vec::new();
    if input.flag("Global") != existing.global {
        flaws.push("cannot toggle global mode".to_owned());
    }
    let ttl = input.get("ExpirationTTL");
    let ttl = match ttl.as_str() {
        Some("") => Nanos(0),
        Some(text) => go::duration(text).map_err(bad)?,
        None => Nanos(ttl.as_i64().unwrap_or_default()),
    };
    let known = if existing.expiration_ttl.is_empty() {
        Nanos(0)
    } else {
        go::duration(&existing.expiration_ttl).map_err(bad)?
    };
    if ttl != known {
        flaws.push("cannot update expiration TTL".to_owned());
    }
    if flaws.is_empty() { Ok(()) } else { Err(bad(format!("token 0 invalid: {}", many_errors(&flaws)))) }
}

fn new_token(call: &mut Call<'_>, input: &Input, existing: Option<&Token>) -> Result<Token, Refusal> {
    let kind = input.text("Type");
    let policies = input.texts("Policies");
    match kind {
        "client" | "" if policies.is_empty() && input.get("Roles").is_null() => {
            return Err(bad(
                "token 0 invalid: 1 error occurred:\n\t* client token missing policies or roles\n\n",
            ));
        }
        "client" | "" => {}
        "management" if !policies.is_empty() => {
            let words = "management token cannot be associated with policies or roles";
            return Err(bad(format!("token 0 invalid: 1 error occurred:\n\t* {words}\n\n")));
        }
        "management" => {}
        _ => {
            let words = "token type must be client or management";
            return Err(bad(format!("token 0 invalid: 1 error occurred:\n\t* {words}\n\n")));
        }
    }
    let now = call.world.now();
    let ttl = match existing {
        Some(_) => None,
        None => ttl_of(input)?,
    };
    let (accessor, secret) = match existing {
        Some(token) => (token.accessor, token.secret),
        None => (call.world.new_id(), call.world.new_id()),
    };
    let name = input.text("Name").to_owned();
    Ok(Token {
        expiration_ttl: match existing {
            Some(token) => token.expiration_ttl.clone(),
            None => ttl.map(|ttl| ttl.to_string()).unwrap_or_default(),
        },
        accessor,
        secret,
        hash: digest(&[&name, kind, &policies.join(",")]),
        name,
        kind: kind.to_owned(),
        policies: (!policies.is_empty()).then_some(policies),
        roles: None,
        global: input.flag("Global"),
        create_time: existing.map_or(now, |token| token.create_time),
        expiration_time: match existing {
            Some(token) => token.expiration_time,
            None => ttl.map(|ttl| now + ttl),
        },
        create_index: 0,
        modify_index: 0,
    })
}

/// How long a new token is to live.
fn ttl_of(input: &Input) -> Result<Option<Nanos>, Refusal> {
    let given = input.get("ExpirationTTL");
    let ttl = match given.as_str() {
        None => given.as_i64().map(Nanos),
        Some("") => None,
        Some(text) => Some(go::duration(text).map_err(bad)?),
    };
    let Some(ttl) = ttl.filter(|ttl| ttl.0 != 0) else { return Ok(None) };
    let invalid = |limit: &str, bound: Nanos| {
        let words = format!("expiration time cannot be {limit} than {bound} in the future (was {ttl})");
        Err(bad(format!("token 0 invalid: {}", many_errors(&[words]))))
    };
    match ttl {
        _ if ttl.0 < 0 => {
            let words = "token expiration TTL must not be negative".to_owned();
            Err(bad(format!("token 0 invalid: {}", many_errors(&[words]))))
        }
        _ if ttl < MIN_TTL => invalid("less", MIN_TTL),
        _ if ttl > MAX_TTL => invalid("more", MAX_TTL),
        ttl => Ok(Some(ttl)),
    }
}

fn remove_token(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.manages()?;
    let known = Id::parse(id).filter(|id| call.state().acl.tokens.contains_key(id));
    let Some(id) = known else {
        return Err(bad(format!("Cannot delete nonexistent tokens: {id}")));
    };
    let mut write = call.world.write();
    write.remove_token(id);
    Ok(Reply::empty().written(write.index))
}

/// A role: there are none.
pub(super) fn role(call: &mut Call<'_>) -> HandlerResult {
    if call.rest.is_empty() {
        return Err(bad("missing ACL role ID"));
    }
    call.only("GET")?;
    call.options()?;
    call.rights()?;
    Ok(Reply::text(404, "ACL role not found").read(0, Vec::new()))
}

/// Roles, binding rules and sign-on methods: there are none.
pub(super) fn none(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    call.rights()?;
    Ok(Reply::value(&json!([])).read(1, Vec::new()))
}
