//! The API's own description: one table of operations with the shapes of what is given and told, from which the OpenAPI document, the page to
//! read it and the check of requests are made. What the operations do stands in the routes.

mod check;
mod given;
mod notation;
mod openapi;
mod page;
mod shapes;
mod table;
mod told;

pub use check::{given, later, reachable};
pub use page::page;

use super::super::App;
use axum::Json;
use axum::extract::State;
use serde_json::Value;

/// The document.
pub async fn document(State(app): State<App>) -> Json<Value> {
    Json(openapi::whole(&app.service.settings().public_url))
}
