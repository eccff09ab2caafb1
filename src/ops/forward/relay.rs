//! Which program of a task can carry a connection, and how it is told to.

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::ops::exec::{Launch, Session, capture};

/// A program that connects to a port of the task and copies both ways. Those that can end one direction come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relay {
    /// Python 3.
    Python,
    /// Perl, with its own sockets.
    Perl,
    /// socat.
    Socat,
    /// Any nc, also busybox's.
    Netcat,
    /// bash's own sockets: it cannot end one direction and keep the other.
    Bash,
}

/// Connects, copies both ways in two threads, passes on the end of either direction, and ends with the other side.
const PYTHON: &str = "import os,socket,sys,threading\n\
s=socket.create_connection(('127.0.0.1',int(sys.argv[1])))\n\
def up():\n\
\x20try:\n\
\x20\x20while True:\n\
\x20\x20\x20b=os.read(0,65536)\n\
\x20\x20\x20if not b: break\n\
\x20\x20\x20s.sendall(b)\n\
\x20\x20s.shutdown(socket.SHUT_WR)\n\
\x20except OSError: pass\n\
threading.Thread(target=up,daemon=True).start()\n\
while True:\n\
\x20b=s.recv(65536)\n\
\x20if not b: break\n\
\x20while b: b=b[os.write(1,b):]\n\
os._exit(0)\n";

/// The same with a child for one of the directions.
const PERL: &str = "use IO::Socket::INET;$s=IO::Socket::INET->new(PeerAddr=>'127.0.0.1',PeerPort=>$ARGV[0])or die\"$!\\n\";\
if(!($p=fork)){close STDOUT;close STDERR;while(sysread(STDIN,$b,65536)){$o=0;while($o<length$b){$o+=syswrite($s,$b,length($b)-$o,$o)||exit}}\
shutdown($s,1);exit}while(sysread($s,$b,65536)){$o=0;while($o<length$b){$o+=syswrite(STDOUT,$b,length($b)-$o,$o)||last}}kill 9,$p;";

impl Relay {
    /// The best first.
    pub const ALL: [Relay; 5] = [Relay::Python, Relay::Perl, Relay::Socat, Relay::Netcat, Relay::Bash];

    /// Its program.
    #[must_use]
    pub fn program(self) -> &'static str {
        match self {
            Relay::Python => "python3",
            Relay::Perl => "perl",
            Relay::Socat => "socat",
            Relay::Netcat => "nc",
            Relay::Bash => "bash",
        }
    }

    /// Whether the end of what the client sends leaves the answer open.
    #[must_use]
    pub fn half_closes(self) -> bool {
        !matches!(self, Relay::Bash | Relay::Netcat)
    }

    /// What the shell runs: the relay, and after its end a line on stderr that says so. No frame of Nomad's does while stdin is open.
    pub(super) fn script(self, port: u16, mark: &str) -> String {
        let relay = match self {
            Relay::Python => format!("python3 -c {} {port}", crate::ops::exec::launch::quoted(PYTHON)),
            Relay::Perl => format!("perl -e {} {port}", crate::ops::exec::launch::quoted(PERL)),
            Relay::Socat => format!("socat -t 60 - TCP:127.0.0.1:{port}"),
            Relay::Netcat => format!("nc 127.0.0.1 {port}"),
            Relay::Bash => {
                let inner =
                    format!("exec 3<>/dev/tcp/127.0.0.1/{port} || exit 1; cat <&0 >&3 2>/dev/null & cat <&3");
                format!("bash -c {}", crate::ops::exec::launch::quoted(&inner))
            }
        };
        format!("{relay}\necho '{mark}'$? >&2\n")
    }
}

/// The best relay that the task has.
///
/// # Errors
/// When it has none, or no shell to start it.
pub async fn probe(session: &Session<'_>) -> Result<Relay> {
    let looks: Vec<String> =
        Relay::ALL.iter().map(|r| format!("command -v {0} >/dev/null && echo {0}", r.program())).collect();
    let launch = Launch::of(["/bin/sh".to_owned(), "-c".to_owned(), looks.join("\n") + "\n:"]);
    let session = Session { launch: &launch, ..*session };
    let ran = capture::run(&session, Bytes::new()).await?;
    let found = String::from_utf8_lossy(&ran.stdout).into_owned();
    Relay::ALL.into_iter().find(|r| found.lines().any(|l| l == r.program())).ok_or_else(|| {
        Error::transport(format!("{} has nothing that could carry a connection", session.spot))
            .because("looked for python3, perl, socat, nc and bash")
    })
}
