//! Pages and stamps: how lists travel.

use crate::Seq;
use serde::{Deserialize, Serialize};

/// A part of a longer list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// Whether more lie beyond the last row.
    pub more: bool,
}

/// Data with the journal position read *before* it: the reader applies every newer event on top.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamped<T> {
    /// The position.
    pub seq: Seq,
    /// The data.
    pub data: T,
}
