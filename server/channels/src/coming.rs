//! Channels that are announced in the grid but not built yet, said honestly. Each leaves this list when its folder arrives; it is empty now.

use model::ChannelCard;

/// Their cards, in the order of the grid.
#[must_use]
pub const fn coming() -> Vec<ChannelCard> {
    Vec::new()
}
