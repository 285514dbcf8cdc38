//! Answers of the endpoint. Every one carries a GraphQL body, also those above execution.
use super::negotiate::Media;
use crate::kernel::{ApiError, Code, Locale};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use async_graphql::{Response, Value};
use serde_json::json;

/// What every answer says besides its body.
pub(super) struct Frame {
    pub(super) media: Media,
    pub(super) locale: Locale,
    pub(super) request_id: String,
}

fn builder(frame: &Frame, status: StatusCode) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder.insert_header((header::CONTENT_TYPE, frame.media.header()));
    builder.insert_header(("x-request-id", frame.request_id.as_str()));
    builder.insert_header((header::CACHE_CONTROL, "no-store"));
    builder.insert_header((header::VARY, "accept, accept-language, authorization"));
    builder
}

/// A refusal above execution.
pub(super) fn error(frame: &Frame, status: StatusCode, error: &ApiError) -> HttpResponse {
    let mut extensions = json!({ "code": error.code().as_str() });
    let mut builder = builder(frame, status);
    if let Some(seconds) = error.retry_after() {
        extensions["retryAfterSeconds"] = json!(seconds);
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    builder.json(json!({ "errors": [{ "message": error.text(frame.locale), "extensions": extensions }] }))
}

/// The status of a document that could not be executed: told by the status only to those who read it.
pub(super) fn not_executable(frame: &Frame, failed: &ApiError) -> HttpResponse {
    let status = match frame.media {
        Media::Json => StatusCode::OK,
        Media::Response => StatusCode::BAD_REQUEST,
    };
    error(frame, status, failed)
}

/// What an execution gave.
pub(super) fn executed(frame: &Frame, response: &Response, executed: bool, rate: Option<(i64, u32)>) -> HttpResponse {
    let status = if executed || frame.media == Media::Json { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let mut builder = builder(frame, status);
    let waits = response.errors.iter().filter_map(|error| match error.extensions.as_ref()?.get("retryAfterSeconds")? {
        Value::Number(seconds) => seconds.as_i64(),
        _ => None,
    });
    if let Some(seconds) = waits.max() {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    if let Some((remaining, limit)) = rate {
        builder.insert_header(("ratelimit", format!("limit={limit}, remaining={remaining}, reset=60")));
    }
    let mut body = serde_json::Map::new();
    if executed {
        body.insert("data".to_owned(), serde_json::to_value(&response.data).unwrap_or_default());
    }
    if !response.errors.is_empty() {
        body.insert("errors".to_owned(), serde_json::to_value(&response.errors).unwrap_or_default());
    }
    if !response.extensions.is_empty() {
        body.insert("extensions".to_owned(), serde_json::to_value(&response.extensions).unwrap_or_default());
    }
    builder.json(body)
}

/// The word under which the log counts an answer.
pub(super) fn outcome(response: &Response) -> &'static str {
    let code = response.errors.iter().find_map(|error| match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.as_str()),
        _ => None,
    });
    let codes = [
        Code::BadInput,
        Code::Unauthenticated,
        Code::Forbidden,
        Code::NotFound,
        Code::RateLimited,
        Code::TooComplex,
        Code::ReplayMismatch,
        Code::PersistedQueryNotFound,
        Code::Unavailable,
        Code::Internal,
    ];
    match code {
        None if response.errors.is_empty() => "OK",
        code => codes.into_iter().map(Code::as_str).find(|known| code == Some(*known)).unwrap_or("ERROR"),
    }
}
