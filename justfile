# The daily acts. Each line is an ordinary command: without `just`, type it.

# What there is.
default:
    @just --list

# What a change has to pass.
ci:
    .ci/run

# The tests; a real Nomad is used when it is on PATH.
test *ARGS:
    cargo test --locked {{ARGS}}

# The reasoning alone, in seconds: just reason model::floors
reason FILTER='model::':
    cargo test --locked --lib {{FILTER}}

# End-to-end cases on the embedded fleet.
cases FILTER='on_the_embedded':
    cargo test --locked --test suite {{FILTER}}

# The same cases on a real Nomad, which must be there.
real FILTER='on_real_nomad':
    FLEET_REQUIRE_REAL=1 cargo test --locked --test suite {{FILTER}}

# The embedded fleet against the questions asked of Nomad.
conformance *ARGS:
    cargo build --locked
    FLEET=target/debug/fleet scripts/conformance {{ARGS}}

# A rotation to look at.
demo:
    cargo run --locked -- sandbox run --scenario small -- rotate-nodes --class old --singletons gap --batch wait --yes

# Completions and manual pages, after a change to a command or its help.
generate:
    FLEET_UPDATE_GENERATED=1 cargo test --locked --test suite manual::

# Beside nomad and curl, as ratios.
bench *ARGS:
    cargo build --locked --release
    scripts/bench {{ARGS}}
