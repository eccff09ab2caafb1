//! From a request to a websocket: the same client, so the same TLS, proxy, token and unix socket.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{
    ACCEPT_ENCODING, CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::api::error::{Error, Problem, Result};
use crate::api::http::{Get, Http};
use crate::api::permission::Permission;

/// No frame of Nomad's is larger than a few KiB; what claims to be is not read into memory.
const LARGEST_FRAME: usize = 4 * 1024 * 1024;

/// A connection that speaks websocket.
pub type Socket = WebSocketStream<reqwest::Upgraded>;

/// The headers that ask for the change of protocol, and the answer that proves it was understood.
///
/// Exactly these values: 2.0.3 and 2.0.4 refuse a `Connection` of several words (`nomad-api.md §6`).
pub(super) fn invitation() -> (HeaderMap, String) {
    let key = STANDARD.encode(fastrand::u128(..).to_be_bytes());
    let mut headers = HeaderMap::new();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let accept = derive_accept_key(key.as_bytes());
    if let Ok(key) = HeaderValue::from_str(&key) {
        headers.insert(SEC_WEBSOCKET_KEY, key);
    }
    (headers, accept)
}

impl Http {
    /// Opens a websocket, patient with passing faults: nothing has happened before it is open.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn socket(&self, _permission: &Permission, call: &Get<Socket>) -> Result<Socket> {
        self.patiently(call.spec(), async || self.socket_once(call).await).await
    }

    /// An error about what became of a call.
    pub(crate) fn failure<T>(&self, call: &Get<T>, problem: Problem, text: String) -> Error {
        self.context(call.spec()).error(problem, None, text)
    }

    /// An error that Nomad told in words alone, where a status would have stood.
    pub(crate) fn refusal<T>(&self, call: &Get<T>, words: &str) -> Error {
        let error = Error::answered(&self.context(call.spec()), 500, words);
        Error { status: None, ..error }
    }

    async fn socket_once(&self, call: &Get<Socket>) -> Result<Socket> {
        let (headers, accept) = invitation();
        let broken = |text: &str| self.failure(call, Problem::Broken, text.to_owned());
        let response = self.answer(call.spec(), headers, &[101]).await?.into_response();
        if response.status() != 101 {
            return Err(broken("the server, or something before it, does not change to websocket"));
        }
        let answered = response.headers().get(SEC_WEBSOCKET_ACCEPT).and_then(|v| v.to_str().ok());
        if answered != Some(accept.as_str()) {
            return Err(broken("the answer to the change of protocol is for somebody else"));
        }
        let upgraded = response.upgrade().await.map_err(|e| broken(&e.to_string()))?;
        let config = WebSocketConfig::default()
            .max_frame_size(Some(LARGEST_FRAME))
            .max_message_size(Some(LARGEST_FRAME))
            .write_buffer_size(0);
        Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await)
    }
}
