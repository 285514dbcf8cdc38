//! `/calendar/{secret}.ics`: a person's calendar for whoever has its address.
use super::endpoint::Server;
use super::gate;
use crate::kernel::Code;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

pub(super) async fn give(request: HttpRequest, file: web::Path<String>, server: web::Data<Server>) -> HttpResponse {
    let app = &server.app;
    let passed = gate::pass(app, &request, gate::address(&request, &app.settings.trusted_proxies)).await;
    if !passed.turn.allowed {
        let wait = passed.turn.wait / 1_000_000 + 1;
        return HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, wait.to_string())).finish();
    }
    let Some(secret) = file.strip_suffix(".ics") else { return HttpResponse::NotFound().finish() };
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    match crate::feeds::fetch(app, secret, known).await {
        Ok(Some(calendar)) => {
            let mut answer = if calendar.body.is_some() { HttpResponse::Ok() } else { HttpResponse::NotModified() };
            answer
                .insert_header((header::ETAG, calendar.etag))
                .insert_header((header::CACHE_CONTROL, "private, no-cache"))
                .insert_header(("referrer-policy", "no-referrer"))
                .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
            match calendar.body {
                Some(body) => answer.insert_header((header::CONTENT_TYPE, "text/calendar; charset=utf-8")).body(body),
                None => answer.finish(),
            }
        }
        // Calendars take this for an address that is gone.
        Ok(None) => HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        Err(error) if error.code() == Code::Unavailable => HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, "60")).finish(),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
