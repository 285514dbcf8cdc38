//! `/metrics` in Prometheus' text format, on a listener of its own that the public does not reach.
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::net::SocketAddr;

/// Begins to count, and to tell at `address`.
pub async fn serve_metrics(address: SocketAddr) -> Result<ServerHandle, String> {
    let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
    let handle: PrometheusHandle = PrometheusBuilder::new()
        .set_buckets(&buckets)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|_| "metrics cannot be counted in this process".to_owned())?;
    let server = HttpServer::new(move || {
        let handle = handle.clone();
        App::new().route(
            "/metrics",
            web::get().to(move || {
                let handle = handle.clone();
                async move {
                    handle.run_upkeep();
                    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render())
                }
            }),
        )
    })
    .workers(1)
    .disable_signals()
    .bind(address)
    .map_err(|error| format!("SHANGYI_METRICS_LISTEN: {address}: {error}"))?
    .run();
    let stop = server.handle();
    tokio::spawn(server);
    Ok(stop)
}
