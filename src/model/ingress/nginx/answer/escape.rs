//! How paths and arguments are escaped where they go out.

/// As nginx escapes a path it sends.
#[must_use]
pub fn escape_uri(path: &str) -> String {
    escape(path, b" \"#%<>?\\^`{|}")
}

/// A path that is written down for a proxy to send: what no request line holds is escaped, escapes stay.
#[must_use]
pub fn sendable(path: &str) -> String {
    escape(path, b" \"")
}

pub(super) fn escape_args(text: &str) -> String {
    escape(text, b" \"#%&+;<>?\\^`{|}")
}

fn escape(text: &str, special: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if !(0x20..0x7f).contains(&byte) || special.contains(&byte) {
            out.push_str(&format!("%{byte:02X}"));
        } else {
            out.push(char::from(byte));
        }
    }
    out
}
