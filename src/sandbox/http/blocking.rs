//! Blocking queries: a read is answered when what it looks at has changed, or its wait is over (`nomad-api.md §1.3`).

use std::time::Duration;

use crate::sandbox::engine::Shared;
use crate::sandbox::http::call::{Call, LEADERLESS};
use crate::sandbox::http::reply::Reply;
use crate::sandbox::http::request::{Options, Request};
use crate::sandbox::http::router::Handler;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::State;
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;

/// How long a query waits that does not say, and how long it may wait at most.
const LONGEST: Duration = Duration::from_secs(300);
/// How long the servers look for a leader before they give up.
const LEADER_HOLD: Duration = Duration::from_millis(5_100);

/// Answers a request, when it is time.
pub(super) async fn answer(shared: &Shared, request: &Request, handler: Handler, rest: &str) -> Reply {
    let options = Options::parse(&request.query).unwrap_or_default();
    let mut deadline: Option<Moment> = None;
    loop {
        let mut pulse = shared.pulse.subscribe();
        let look = shared.visit(|world| look(world, request, handler, rest));
        let reply = match look.outcome {
            Ok(reply) => reply,
            Err(refusal) => {
                if refusal.text == LEADERLESS {
                    shared.sleep(LEADER_HOLD).await;
                }
                return refused(refusal, look.forwarded);
            }
        };
        let holds = request.is_get() && options.index > 0 && !reply.watch.is_empty();
        if !holds || reply.index.is_none_or(|index| index > options.index) {
            return reply;
        }
        let until = *deadline.get_or_insert_with(|| shared.visit(|world| deadline_of(world, &options)));
        loop {
            let change = shared.visit(|world| {
                let lost = world.servers.epoch != look.epoch && !options.stale;
                (lost, touched(&world.state, &reply, look.index), world.now() >= until)
            });
            match change {
                (true, ..) => return refused(Refusal::failed("EOF"), true),
                (_, true, _) => break,
                (.., true) => return reply,
                _ => {}
            }
            let wait = shared.clock.until(until).unwrap_or(Duration::MAX);
            tokio::select! {
                told = pulse.changed() => if told.is_err() { return reply },
                () = tokio::time::sleep(wait.clamp(Duration::from_millis(1), LONGEST)) => {}
            }
        }
    }
}

/// What a look at the state gave.
struct BlockingLook {
    outcome: Result<Reply, Refusal>,
    /// Whether the leader is another server, whose errors come with a mark.
    forwarded: bool,
    index: u64,
    epoch: u64,
}

fn look(world: &mut World, request: &Request, handler: Handler, rest: &str) -> BlockingLook {
    let forwarded = !world.servers.answers_itself();
    let (epoch, contact) = (world.servers.epoch, world.servers.contact(world.now()));
    let mut outcome = handler(&mut Call { world, request, rest });
    if let Ok(reply) = &mut outcome
        && reply.leader == Some(true)
    {
        reply.leader = Some(contact.0);
        reply.contact = contact.1;
    }
    BlockingLook { outcome, forwarded, index: world.state.indexes.latest(), epoch }
}

/// Whether something the reply was made of has changed since.
fn touched(state: &State, reply: &Reply, since: u64) -> bool {
    reply.watch.iter().any(|scope| state.indexes.of(scope) > since)
}

/// When a query is answered at the latest: not all at the same moment.
fn deadline_of(world: &mut World, options: &Options) -> Moment {
    let wait = options.wait.map(crate::api::wire::Nanos::duration).filter(|wait| !wait.is_zero());
    let wait = wait.unwrap_or(LONGEST).min(LONGEST);
    let spread = u64::try_from((wait / 16).as_nanos()).unwrap_or(u64::MAX);
    world.now() + wait + Duration::from_nanos(world.chance(spread))
}

/// A refusal as it is answered: the words of another server come with a mark.
pub(super) fn refused(refusal: Refusal, forwarded: bool) -> Reply {
    let Refusal { status, text } = refusal;
    let marked = forwarded && status == 500 && text != LEADERLESS;
    Reply::text(status, if marked { format!("rpc error: {text}") } else { text })
}
