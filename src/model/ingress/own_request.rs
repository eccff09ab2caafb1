//! Requests nginx makes by itself beside a client's: for the page of an error, and as a copy for a mirror. Traefik makes some of them
//! just so (middleware `errors`, service `mirroring`); why it does not make the others is said here.

use super::nginx::site::{Kind, Sites, kind_of};
use super::nginx::tree::Id;
use super::policy::Policies;
use super::route::{Action, PathChange, PoolRef, QueryChange, Route, Site};

/// The page a service has in place of an error of the application's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPage {
    /// The statuses it stands for.
    pub statuses: Vec<u16>,
    /// The status it goes out with, where it is another.
    pub status: Option<u16>,
    /// The service.
    pub pool: PoolRef,
    /// The path it is asked for.
    pub path: String,
    /// The location it is asked in.
    pub location: Id,
}

/// A service that gets a copy of every request, and whose answers nobody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// The service.
    pub pool: PoolRef,
    /// Whether it gets the body too.
    pub body: bool,
    /// The location the copy goes through.
    pub location: Id,
}

/// The page of an `error_page`.
///
/// # Errors
/// Why no middleware of Traefik's gives this page.
pub fn error_page(sites: &Sites<'_>, routes: &[Site], id: Id) -> Result<ErrorPage, &'static str> {
    let words: Vec<&str> = sites.config.get(id).texts().collect();
    let [first @ .., uri] = words.as_slice() else { return Err("it names no page") };
    let (status, statuses) = match first.split_last() {
        Some((last, rest)) if last.starts_with('=') => (Some(&last[1..]), rest),
        _ => (None, first),
    };
    let status = match status {
        Some("") => return Err("the status would be the page's own, and the middleware keeps the first"),
        Some(text) => Some(text.parse().map_err(|_| "its status is none")?),
        None => None,
    };
    if uri.starts_with('@') {
        return Err("the request itself goes on to another place, and the middleware only asks for a page");
    }
    if uri.contains("://") {
        return Err("the client is sent elsewhere, and the middleware only asks for a page");
    }
    let location = location_of(sites, routes, id, uri)?;
    let (pool, path) = asked(sites, location, uri).ok_or(
        "it needs a service that serves the page, and this one's address is only known of a request or it stands behind a guard",
    )?;
    let statuses: Vec<u16> = statuses.iter().filter_map(|word| word.parse().ok()).collect();
    if statuses.is_empty() {
        return Err("it names no status");
    }
    Ok(ErrorPage { statuses, status, pool, path, location })
}

/// The pages in force for a route, each status once. Without `proxy_intercept_errors` nginx gives them only for what it answers by
/// itself, which Traefik cannot tell from what the application answers.
#[must_use]
pub fn error_pages(sites: &Sites<'_>, routes: &[Site], route: &Route) -> Vec<ErrorPage> {
    if !intercepts(sites, route) {
        return Vec::new();
    }
    let mut taken = Vec::new();
    let mut pages = Vec::new();
    for id in sites.config.in_force(route.level, "error_page") {
        let own: Vec<u16> = sites.config.get(id).texts().filter_map(|word| word.parse().ok()).collect();
        if let Ok(mut page) = error_page(sites, routes, id) {
            page.statuses.retain(|status| !taken.contains(status));
            if !page.statuses.is_empty() {
                pages.push(page);
            }
        }
        taken.extend(own);
    }
    pages
}

/// Whether nginx gives its pages for what the application answers on a route.
#[must_use]
pub fn intercepts(sites: &Sites<'_>, route: &Route) -> bool {
    sites.config.setting(route.level, "proxy_intercept_errors").is_some_and(|d| d.arg(0) == "on")
}

/// The copies a `mirror` makes.
///
/// # Errors
/// Why no service of Traefik's makes them.
pub fn mirror(sites: &Sites<'_>, routes: &[Site], id: Id) -> Result<Mirror, &'static str> {
    let config = sites.config;
    let location = location_of(sites, routes, id, config.get(id).arg(0))?;
    if !is_plain(sites, location) {
        return Err(
            "whether a request is copied is decided for each, and a mirroring service copies all or a share of them",
        );
    }
    let pass = config.named(Some(location), "proxy_pass").next();
    let url = pass.map(|id| config.get(id).arg(0)).ok_or("nothing is copied to a service")?;
    let (scheme, rest) = url.split_once("://").ok_or("where the copy goes is only known of a request")?;
    let (authority, uri) = rest.split_at(rest.find(['/', '$']).unwrap_or(rest.len()));
    if authority.is_empty() || authority.starts_with("unix:") {
        return Err("where the copy goes is only known of a request");
    }
    if !matches!(uri, "$request_uri" | "${request_uri}") {
        return Err("the copy has another path than its request, and a mirroring service sends the same");
    }
    let off = |name: &str, level: Id| config.setting(level, name).is_some_and(|d| d.arg(0) == "off");
    let body = !off("mirror_request_body", config.get(id).parent.unwrap_or(location))
        && !off("proxy_pass_request_body", location);
    Ok(Mirror { pool: PoolRef { name: authority.to_owned(), scheme: scheme.to_owned() }, body, location })
}

/// The copies in force for a route; none where its requests do not go out as they came, for the copies would go as they do.
#[must_use]
pub fn mirrors(sites: &Sites<'_>, routes: &[Site], route: &Route) -> Vec<Mirror> {
    let lines = sites.config.in_force(route.level, "mirror");
    if !goes_as_it_came(route) {
        return Vec::new();
    }
    lines.into_iter().filter_map(|id| mirror(sites, routes, id).ok()).collect()
}

/// Whether the application receives the path and the query that the client sent.
#[must_use]
pub fn goes_as_it_came(route: &Route) -> bool {
    matches!(&route.action, Action::Forward(f) if matches!(f.path, PathChange::Keep) && f.query == QueryChange::Keep)
}

/// The location nginx goes to by itself for a path.
fn location_of(sites: &Sites<'_>, routes: &[Site], id: Id, path: &str) -> Result<Id, &'static str> {
    let config = sites.config;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
    if !path.starts_with('/') || !path.chars().all(plain) {
        return Err("its address is only known of a request");
    }
    let mut servers = config.levels(id).filter(|level| config.get(*level).name == "server");
    let server =
        servers.next().ok_or("it stands outside of every server, each of which has a page of its own")?;
    let site = routes.iter().find(|site| site.server == server).ok_or("no request comes to its server")?;
    let mut routes = site.routes.iter().filter(|route| route.path.matches(path) != Some(false));
    let route = routes.next().ok_or("nothing in its server answers for the page")?;
    if !route.conditions.is_empty() || route.path.matches(path).is_none() {
        return Err("what answers for the page is only known of a request");
    }
    let location = route.from.iter().copied().find(|from| config.get(*from).name == "location");
    location.ok_or("nothing in its server answers for the page")
}

/// The service a location asks, and the path it is asked for; none where a request has a say in it, or where not everybody may ask.
fn asked(sites: &Sites<'_>, location: Id, path: &str) -> Option<(PoolRef, String)> {
    let config = sites.config;
    let policies = Policies::of(sites, location);
    let guarded = policies.allowed.is_some()
        || !policies.denied.is_empty()
        || policies.basic.is_some()
        || policies.asks.is_some();
    if guarded || !is_plain(sites, location) {
        return None;
    }
    let url = config.get(config.named(Some(location), "proxy_pass").next()?).arg(0);
    let (scheme, rest) = url.split_once("://")?;
    let (authority, uri) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if url.contains(['$', '?']) || authority.starts_with("unix:") {
        return None;
    }
    let path = match kind_of(config, location)? {
        _ if uri.is_empty() => path.to_owned(),
        Kind::Exact(own) | Kind::Prefix(own, _) => format!("{uri}{}", path.strip_prefix(own.as_str())?),
        Kind::Pattern(_) | Kind::Named(_) => return None,
    };
    Some((PoolRef { name: authority.to_owned(), scheme: scheme.to_owned() }, path))
}

/// Whether every request in a location goes the same way.
fn is_plain(sites: &Sites<'_>, location: Id) -> bool {
    let decides = ["if", "rewrite", "return", "set", "break", "try_files", "limit_except"];
    !decides.iter().any(|name| sites.config.named(Some(location), name).next().is_some())
}

#[cfg(test)]
mod tests {
    use super::super::lower::lower;
    use super::super::nginx::tree::Config;
    use super::*;

    fn reads<T>(text: &str, name: &str, read: impl Fn(&Sites<'_>, &[Site], Id) -> T) -> T {
        let config = Config::of_text("nginx.conf", text).unwrap();
        let sites = Sites::new(&config);
        let (routes, _) = lower(&sites);
        let id = config.all.iter().position(|d| d.name == name).map(Id).unwrap();
        read(&sites, &routes, id)
    }

    type Page = (Vec<u16>, Option<u16>, String, String);

    fn page(line: &str, location: &str) -> Result<Page, &'static str> {
        let text = format!(
            "events {{}}\nhttp {{ server {{ listen 80; {line} location / {{ proxy_pass http://app:1; }} {location} }} }}"
        );
        reads(&text, "error_page", |sites, routes, id| {
            let page = error_page(sites, routes, id)?;
            Ok((page.statuses, page.status, page.pool.name, page.path))
        })
    }

    #[test]
    fn a_page_that_a_service_serves_is_known() {
        let sorry = "location = /sorry { internal; proxy_pass http://pages:1/down.html; }";
        let asked = |status| Ok((vec![502, 504], status, "pages:1".to_owned(), "/down.html".to_owned()));
        assert_eq!(page("error_page 502 504 /sorry;", sorry), asked(None));
        assert_eq!(page("error_page 502 504 =200 /sorry;", sorry), asked(Some(200)));
        let below = "location /pages/ { proxy_pass http://pages:1; }";
        assert_eq!(page("error_page 404 /pages/404.html;", below).unwrap().3, "/pages/404.html");
        assert_eq!(page("error_page 404 /not-found;", "").unwrap().2, "app:1");
    }

    #[test]
    fn a_page_that_depends_on_the_request_or_is_a_file_is_not() {
        let sorry = "location = /sorry { internal; proxy_pass http://pages:1; }";
        for (line, location) in [
            ("error_page 502 = /sorry;", sorry),
            ("error_page 502 @sorry;", "location @sorry { proxy_pass http://pages:1; }"),
            ("error_page 502 https://status.example.com/;", ""),
            ("error_page 502 /sorry$uri;", sorry),
            ("error_page 502 /sorry;", "location = /sorry { root /srv; }"),
            ("error_page 502 /sorry;", "location = /sorry { return 503; }"),
            ("error_page 502 /sorry;", "location = /sorry { proxy_pass http://$host; }"),
            ("error_page 502 /sorry;", "location = /sorry { auth_basic x; proxy_pass http://pages:1; }"),
            (
                "error_page 502 /sorry;",
                "location = /sorry { if ($arg_a) { return 503; } proxy_pass http://pages:1; }",
            ),
        ] {
            assert!(page(line, location).is_err(), "{line} {location}");
        }
    }

    #[test]
    fn a_copy_of_the_whole_request_is_known_and_any_other_is_not() {
        let copy = |lines: &str, location: &str| {
            let text = format!(
                "events {{}}\nhttp {{ server {{ listen 80; location / {{ mirror /copy; {lines} proxy_pass http://app:1; }} \
                 location = /copy {{ internal; {location} }} }} }}"
            );
            reads(&text, "mirror", |sites, routes, id| {
                mirror(sites, routes, id).map(|m| (m.pool.name, m.body))
            })
        };
        let test = || "test:1".to_owned();
        assert_eq!(copy("", "proxy_pass http://test:1$request_uri;"), Ok((test(), true)));
        assert_eq!(
            copy("mirror_request_body off;", "proxy_pass http://test:1$request_uri;"),
            Ok((test(), false))
        );
        assert_eq!(
            copy("", "proxy_pass_request_body off; proxy_pass http://test:1$request_uri;"),
            Ok((test(), false))
        );
        for location in [
            "proxy_pass http://test:1;",
            "proxy_pass http://test:1/x;",
            "proxy_pass http://$host$request_uri;",
            "if ($arg_a) { return 204; } proxy_pass http://test:1$request_uri;",
            "return 204;",
        ] {
            assert!(copy("", location).is_err(), "{location}");
        }
    }
}
