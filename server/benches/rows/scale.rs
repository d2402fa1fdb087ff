//! A page of the conversation list on a million conversations and ten million messages, as `list` measures it on fewer.

use super::list;
use crate::Outcome;
use crate::ground::Ground;
use crate::table::Row;

/// On the largest database.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let kept = ground.kept(ground.sizes().1)?;
    list::on(ground, &kept.folder, kept.messages).await
}
