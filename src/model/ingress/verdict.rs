//! What becomes of a directive, in four phrases.

use serde::Serialize;

/// What a configuration is carried over to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// Traefik with its file provider.
    Traefik,
    /// Consul's api-gateway with http-routes.
    ApiGateway,
    /// Consul's ingress-gateway with a service-router for each site.
    IngressGateway,
}

/// All targets, in the order they are told.
pub const TARGETS: [Target; 3] = [Target::Traefik, Target::ApiGateway, Target::IngressGateway];

/// What becomes of a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Verdict {
    /// It has nothing to say to the new proxy.
    #[serde(rename = "irrelevant")]
    Irrelevant,
    /// It means the same afterwards.
    #[serde(rename = "carried over")]
    Carried,
    /// It means nearly the same afterwards; the note says what is different.
    #[serde(rename = "carried over with a difference")]
    Differs,
    /// It is lost; the note says what to do.
    #[serde(rename = "cannot be carried over")]
    Lost,
}

/// Why a migration is refused unless it is told to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// What kept people out no longer does.
    LostGuard,
    /// Bodies are no longer bounded.
    BodyLimit,
    /// Clients no longer come back to the same server.
    Stickiness,
    /// An expression that RE2 does not have.
    NotRe2,
    /// Groups of an expression in a path, for Consul.
    Captures,
    /// A wildcard host on the api-gateway.
    WildcardHost,
    /// A request that changes something may be sent twice.
    RepeatedPost,
    /// An address nobody named the service of.
    UnmappedUpstream,
    /// An include that matched no file.
    EmptyInclude,
    /// A directive nobody here knows.
    UnknownDirective,
    /// What depends on a request in a way that cannot be worked out.
    NotResolved,
    /// Rules whose order the api-gateway does not keep.
    Order,
    /// What was emitted does not answer as nginx does.
    SelfCheck,
}

/// A sentence about a directive for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The verdict.
    pub verdict: Verdict,
    /// One sentence; empty where there is nothing to add.
    pub note: String,
    /// Why this alone is a reason to stop.
    pub risk: Option<Risk>,
}

/// What is said of a directive: every target has its slot, and there is no other way to make one than to fill them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    says: [Statement; 3],
}

impl Target {
    /// As it is written on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Target::Traefik => "traefik",
            Target::ApiGateway => "api-gateway",
            Target::IngressGateway => "ingress-gateway",
        }
    }

    fn at(self) -> usize {
        match self {
            Target::Traefik => 0,
            Target::ApiGateway => 1,
            Target::IngressGateway => 2,
        }
    }
}

impl Verdict {
    /// The phrase.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Verdict::Irrelevant => "irrelevant",
            Verdict::Carried => "carried over",
            Verdict::Differs => "carried over with a difference",
            Verdict::Lost => "cannot be carried over",
        }
    }
}

impl Risk {
    /// As it stands in an ID.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Risk::LostGuard => "lost-guard",
            Risk::BodyLimit => "body-limit",
            Risk::Stickiness => "stickiness",
            Risk::NotRe2 => "not-re2",
            Risk::Captures => "captures",
            Risk::WildcardHost => "wildcard-host",
            Risk::RepeatedPost => "repeated-post",
            Risk::UnmappedUpstream => "unmapped-upstream",
            Risk::EmptyInclude => "empty-include",
            Risk::UnknownDirective => "unknown-directive",
            Risk::NotResolved => "not-resolved",
            Risk::Order => "order",
            Risk::SelfCheck => "self-check",
        }
    }

    /// What is at stake, in a sentence.
    #[must_use]
    pub fn stake(self) -> &'static str {
        match self {
            Risk::LostGuard => "what this keeps out would come in",
            Risk::BodyLimit => "request bodies would no longer be bounded",
            Risk::Stickiness => "clients would no longer come back to the server that knows them",
            Risk::NotRe2 => "the new proxy does not take this expression, and says so nowhere",
            Risk::Captures => "Consul cannot put parts of the old path into the new one",
            Risk::WildcardHost => "an http-route takes no wildcard: these hosts would answer 404",
            Risk::RepeatedPost => "a request that changes something could be carried out twice",
            Risk::UnmappedUpstream => "nobody said which service this address is",
            Risk::EmptyInclude => "the include matched no file: what it was to bring is missing here",
            Risk::UnknownDirective => "nobody here knows what this does",
            Risk::NotResolved => "what this does depends on the request in a way no gateway can follow",
            Risk::Order => "the api-gateway would try another rule first",
            Risk::SelfCheck => "what would be written does not answer as nginx does",
        }
    }
}

impl Statement {
    /// A verdict with its sentence.
    #[must_use]
    pub fn new(verdict: Verdict, note: impl Into<String>) -> Self {
        Statement { verdict, note: note.into(), risk: None }
    }
}

impl Judgement {
    /// The same for every target.
    #[must_use]
    pub fn all(verdict: Verdict, note: impl Into<String>) -> Self {
        let say = Statement::new(verdict, note);
        Judgement { says: [say.clone(), say.clone(), say] }
    }

    /// One thing for Traefik, another for both of Consul's gateways.
    #[must_use]
    pub fn split(traefik: Statement, consul: Statement) -> Self {
        Judgement { says: [traefik, consul.clone(), consul] }
    }

    /// A word for each.
    #[must_use]
    pub fn each(traefik: Statement, api: Statement, ingress: Statement) -> Self {
        Judgement { says: [traefik, api, ingress] }
    }

    /// The same, a reason to stop wherever it is lost.
    #[must_use]
    pub fn risky_where_lost(mut self, risk: Risk) -> Self {
        for say in &mut self.says {
            if say.verdict == Verdict::Lost {
                say.risk = Some(risk);
            }
        }
        self
    }

    /// The same, a reason to stop for these targets.
    #[must_use]
    pub fn risky_for(mut self, targets: &[Target], risk: Risk) -> Self {
        for target in targets {
            self.says[target.at()].risk = Some(risk);
        }
        self
    }

    /// The same with another statement for one target.
    #[must_use]
    pub fn in_place(mut self, target: Target, statement: Statement) -> Self {
        self.says[target.at()] = statement;
        self
    }

    /// The same, lost for one target; a loss that was told already keeps its sentence.
    #[must_use]
    pub fn lost_for(mut self, target: Target, note: impl Into<String>, risk: Option<Risk>) -> Self {
        let say = &mut self.says[target.at()];
        if say.verdict != Verdict::Lost {
            *say = Statement { verdict: Verdict::Lost, note: note.into(), risk };
        }
        self
    }

    /// What is said for a target.
    #[must_use]
    pub fn of(&self, target: Target) -> &Statement {
        &self.says[target.at()]
    }
}
