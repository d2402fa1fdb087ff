//! The help: one page for each part of the panel. Its words are the server's, so that no page carries those of another.

use serde::{Deserialize, Serialize};

/// How one part of the panel is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpPage {
    /// Its name in the address.
    pub topic: String,
    /// Its title.
    pub title: String,
    /// One line that says what it is.
    pub lead: String,
    /// What one does there.
    pub steps: Vec<HelpStep>,
}

/// One thing one does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpStep {
    /// What.
    pub title: String,
    /// How.
    pub text: String,
    /// The commands whose keys do it, by the names they are kept under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}
