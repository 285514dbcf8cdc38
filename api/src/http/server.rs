use super::endpoint::{Server, handle};
use super::persisted::Persisted;
use super::{calendar, files, health};
use crate::app::App;
use crate::graphql;
use crate::notices::worker;
use actix_web::dev::ServerHandle;
use actix_web::middleware::Compress;
use actix_web::{App as Actix, HttpServer, web};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A server that runs until it is stopped, or dropped: then it stops at once.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    server: ServerHandle,
    serving: Option<JoinHandle<std::io::Result<()>>>,
    stop_worker: watch::Sender<bool>,
    worker: Option<JoinHandle<Result<(), String>>>,
}

impl Running {
    /// Refuses new requests, finishes those begun and the delivery under way, within ten seconds.
    pub async fn stop(mut self) {
        let _ = self.stop_worker.send(true);
        let (serving, worker) = (self.serving.take(), self.worker.take());
        let finish = async {
            self.server.stop(true).await;
            if let Some(serving) = serving {
                let _ = serving.await;
            }
            if let Some(worker) = worker {
                let _ = worker.await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(9), finish).await.is_err() {
            tracing::warn!("stopped before everything was finished");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.serving.is_some() {
            let _ = self.stop_worker.send(true);
            // The order is given at once; nobody waits for it.
            drop(self.server.stop(false));
        }
    }
}

/// Begins to serve on `listener`, and to deliver unless the settings say otherwise.
pub async fn start(app: &App, listener: TcpListener) -> Result<Running, String> {
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let threads = match app.settings.http_workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        given => given,
    };
    let schema = graphql::schema(app);
    let persisted = Arc::new(Persisted::default());
    let mut servers = Vec::with_capacity(threads);
    for _ in 0..threads {
        let app = app.with_own_connections().await?;
        servers.push(web::Data::new(Server { app, schema: schema.clone(), persisted: Arc::clone(&persisted) }));
    }
    let next = Arc::new(AtomicUsize::new(0));
    let origins = app.settings.cors_origins.clone();
    let server = HttpServer::new(move || {
        let mine = next.fetch_add(1, Ordering::Relaxed) % servers.len();
        Actix::new()
            .app_data(servers[mine].clone())
            .wrap(cors(&origins))
            .wrap(Compress::default())
            .route("/healthz", web::get().to(health::alive))
            .route("/readyz", web::get().to(health::ready))
            .route("/files/{address}", web::get().to(files::give))
            .route("/calendar/{file}", web::get().to(calendar::give))
            .service(web::resource("/graphql").to(handle))
    })
    .workers(threads)
    .shutdown_timeout(8)
    .disable_signals()
    .client_request_timeout(Duration::from_secs(10))
    .listen(listener)
    .map_err(|error| format!("SHANGYI_LISTEN: {error}"))?
    .run();
    let handle = server.handle();
    let serving = Some(tokio::spawn(server));
    let (stop_worker, stopped) = watch::channel(false);
    let worker = app.settings.deliver.then(|| tokio::spawn(worker::run(app.clone(), stopped)));
    Ok(Running { address, server: handle, serving, stop_worker, worker })
}

fn cors(origins: &[String]) -> actix_cors::Cors {
    let mut cors = actix_cors::Cors::default().allowed_methods(["GET", "POST"]).allow_any_header().expose_any_header().max_age(3600);
    for origin in origins {
        cors = cors.allowed_origin(origin);
    }
    cors
}
