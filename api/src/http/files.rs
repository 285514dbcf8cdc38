//! `/files/{address}`: gives a file once to whoever was given its address.
use super::endpoint::Server;
use super::gate;
use crate::check_ins;
use crate::kernel::{ApiError, Code, Locale, say};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

pub(super) async fn give(request: HttpRequest, address: web::Path<String>, server: web::Data<Server>) -> HttpResponse {
    let app = &server.app;
    let passed = gate::pass(app, &request, gate::address(&request, &app.settings.trusted_proxies)).await;
    if !passed.turn.allowed {
        return refuse(&request, StatusCode::TOO_MANY_REQUESTS, &ApiError::rate_limited(passed.turn.wait / 1_000_000 + 1));
    }
    match check_ins::fetch_ledger(app, &address).await {
        Ok(Some(file)) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"ledger.csv\"; filename*=UTF-8''{}", escaped(&file.name))))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(file.bytes),
        Ok(None) => {
            let text = say("这个下载地址已用过或已过期，请重新获取。", "This address has been used or is over; please ask for a new one.");
            refuse(&request, StatusCode::NOT_FOUND, &ApiError::new(Code::NotFound, text))
        }
        Err(error) => {
            let status = if error.code() == Code::Unavailable { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::FORBIDDEN };
            refuse(&request, status, &error)
        }
    }
}

fn refuse(request: &HttpRequest, status: StatusCode, error: &ApiError) -> HttpResponse {
    let language = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let locale = language.map_or_else(Locale::default, Locale::of_header);
    let body = json!({ "errors": [{ "message": error.text(locale), "extensions": { "code": error.code().as_str() } }] });
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

/// A name as RFC 5987 wants it: everything but letters and digits by its bytes.
fn escaped(name: &str) -> String {
    name.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
