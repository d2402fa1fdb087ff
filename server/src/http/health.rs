//! What machines ask: is it alive, is it ready, how busy is it.

use super::App;
use super::fault::Refusal;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use model::FaultCode;
use std::sync::OnceLock;

/// One recorder per process, because that is what counters write to.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

fn recorder() -> Option<&'static PrometheusHandle> {
    let make = || {
        let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
        PrometheusBuilder::new().set_buckets(&buckets).ok()?.install_recorder().ok()
    };
    RECORDER.get_or_init(make).as_ref()
}

/// The process answers.
pub async fn live() -> &'static str {
    // The first probe comes right after the start: counting begins here at the latest.
    recorder();
    "ok"
}

/// The store answers, both ways.
pub async fn ready(State(app): State<App>) -> Result<&'static str, Response> {
    app.service.ready().await.map(|()| "ready").map_err(|error| {
        tracing::warn!(%error, "not ready");
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
    })
}

/// Counters in Prometheus' text format.
pub async fn metrics(State(app): State<App>) -> Result<Response, Refusal> {
    if !app.edges.metrics {
        return Err(Refusal::of(FaultCode::Missing));
    }
    let recorder = recorder().ok_or(Refusal::of(FaultCode::Internal))?;
    metrics::gauge!("recado_streams").set(app.service.streams() as f64);
    let (waiting, given_up) = app.service.queue().await?;
    metrics::gauge!("recado_jobs_waiting").set(waiting as f64);
    metrics::gauge!("recado_jobs_parked").set(given_up as f64);
    recorder.run_upkeep();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorder.render()).into_response())
}

/// Begins to count.
pub fn count() {
    recorder();
}
