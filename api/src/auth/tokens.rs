//! Access tokens (JWT, EdDSA, a quarter of an hour) and refresh tokens (opaque, one use).
use crate::app::App;
use crate::kernel::keys::Keys;
use crate::kernel::{ApiError, crypto};
use crate::live::Session;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use shangyi_entities::{AccountId, SessionId, Timestamp};
use uuid::Uuid;

/// How long an access token is good.
pub const ACCESS_SECONDS: i64 = 900;
const ISSUER: &str = "shangyi";
const AUDIENCE: &str = "shangyi-api";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
}

/// Why a token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenProblem {
    /// Its time is over: refresh.
    Expired,
    /// Not one of ours, or damaged.
    Foreign,
}

/// Makes the access token of a session; also says when it ends.
pub fn access(app: &App, session: &Session) -> Result<(String, Timestamp), ApiError> {
    let now = app.clock.now();
    let ends = now.plus_seconds(ACCESS_SECONDS);
    let key = &app.keys.signing[0];
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key.id.clone());
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: session.account.0,
        sid: session.id.0,
        iat: now.0 / 1_000_000,
        exp: ends.0 / 1_000_000,
    };
    let token = jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(|_| ApiError::broken("signing a token"))?;
    Ok((token, ends))
}

/// Reads an access token.
pub fn verify(keys: &Keys, token: &str, now: Timestamp) -> Result<(AccountId, SessionId), TokenProblem> {
    if token.len() > 2048 {
        return Err(TokenProblem::Foreign);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| TokenProblem::Foreign)?;
    let kid = header.kid.ok_or(TokenProblem::Foreign)?;
    let key = keys.signing.iter().find(|key| key.id == kid).ok_or(TokenProblem::Foreign)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    // Listed, or their absence would pass.
    validation.set_required_spec_claims(&["aud", "iss", "exp", "sub"]);
    // The end is checked below, by the clock that tests can move.
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).map_err(|_| TokenProblem::Foreign)?.claims;
    if claims.exp <= now.0 / 1_000_000 {
        return Err(TokenProblem::Expired);
    }
    Ok((AccountId(claims.sub), SessionId(claims.sid)))
}

/// The refresh token of a session at its present generation. It follows from the session and a key, so that the
/// successor can be given again when the answer was lost, without being stored.
pub fn refresh(keys: &Keys, session: &Session) -> String {
    let mut bytes = Vec::with_capacity(68);
    bytes.extend_from_slice(session.account.0.as_bytes());
    bytes.extend_from_slice(session.id.0.as_bytes());
    bytes.extend_from_slice(&session.generation.to_be_bytes());
    let mac = crypto::mac(&keys.derived("refresh token"), &[&bytes]);
    bytes.extend_from_slice(&mac);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a refresh token: whose session, and of which generation.
pub fn read_refresh(keys: &Keys, token: &str) -> Option<(AccountId, SessionId, u32)> {
    if token.len() > 256 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (body, mac) = bytes.split_at_checked(36)?;
    if !crypto::equal(mac, &crypto::mac(&keys.derived("refresh token"), &[body])) {
        return None;
    }
    let account = Uuid::from_slice(body.get(..16)?).ok()?;
    let session = Uuid::from_slice(body.get(16..32)?).ok()?;
    let generation = u32::from_be_bytes(body.get(32..36)?.try_into().ok()?);
    Some((AccountId(account), SessionId(session), generation))
}
