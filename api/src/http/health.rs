//! `/healthz`: this process lives. `/readyz`: it can serve: the database answers and is migrated, the live store answers.
use super::endpoint::Server;
use actix_web::{HttpResponse, web};
use serde_json::json;
use shangyi_migration::{Migrator, MigratorTrait};
use std::time::Duration;

pub(super) async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

pub(super) async fn ready(server: web::Data<Server>) -> HttpResponse {
    let app = &server.app;
    let patience = Duration::from_secs(2);
    let database = tokio::time::timeout(patience, Migrator::get_pending_migrations_read_only(app.db.read())).await;
    let database = match database {
        Ok(Ok(pending)) if pending.is_empty() => "ok",
        Ok(Ok(_)) => "not migrated",
        _ => "unavailable",
    };
    let live = if app.live.ping().await.is_ok() { "ok" } else { "unavailable" };
    let status = json!({ "database": database, "sessions": live });
    // Without sessions public pages are still served: not a reason to take the process out.
    if database == "ok" { HttpResponse::Ok().json(status) } else { HttpResponse::ServiceUnavailable().json(status) }
}
