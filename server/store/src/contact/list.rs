//! Lists of contacts, and the search in them. Nothing here writes.

use super::*;

/// What a caller's list of contacts asks.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// Which account.
    pub account: AccountId,
    /// Words that must all be found, somewhere in name, e-mail, phone, identifier or company.
    pub search: String,
    /// What must hold.
    pub filter: Filter,
    /// In which order.
    pub order: ContactOrder,
    /// Beyond this contact.
    pub after: Option<ContactId>,
    /// At most so many.
    pub limit: i64,
    /// The present, for conditions that count days.
    pub now: Timestamp,
}

/// Contacts in an order, whose words contain every word of the search and for whom the filter holds.
///
/// # Errors
/// Those of the database.
pub async fn list(c: &impl Sql, query: &ListQuery) -> Result<Page<ContactView>, Error> {
    let mut asked = crate::filter::Asked::new(c, query.account, model::UserId(0), query.now);
    let found = asked.contacts(&query.filter);
    let mut values = asked.values;
    let mut searched = String::new();
    let few = search(c, &mut searched, &mut values, &query.search).await?;
    // What a rare word finds is few enough to sort; without the sign SQLite would walk the order's index past everybody else instead.
    let account = if few { "+k.account_id" } else { "k.account_id" };
    let mut condition = format!("{account} = $2 AND 0 <= $1 AND {found}{searched}");
    let (order, beyond) = match query.order {
        ContactOrder::Newest => ("k.id DESC", "k.id < o.id"),
        ContactOrder::Name => ("substr(k.words, 1, 60), k.id", "(substr(k.words, 1, 60), k.id) > (substr(o.words, 1, 60), o.id)"),
        ContactOrder::Active => (
            "COALESCE(k.last_activity_at, 0) DESC, k.id DESC",
            "(COALESCE(k.last_activity_at, 0), k.id) < (COALESCE(o.last_activity_at, 0), o.id)",
        ),
    };
    if let Some(after) = query.after {
        values.push(after.0.into());
        condition
            .push_str(&format!(" AND EXISTS (SELECT 1 FROM contact o WHERE o.account_id = $2 AND o.id = ${} AND {beyond})", values.len()));
    }
    let columns: Vec<_> = COLUMNS.split(", ").map(|column| format!("k.{column}")).collect();
    let sql = format!("SELECT {} FROM contact k WHERE {condition} ORDER BY {order} LIMIT {}", columns.join(", "), query.limit + 1);
    let mut rows: Vec<ContactView> = c.all::<Row>(&sql, values).await?.into_iter().map(Into::into).collect();
    let more = rows.len() as i64 > query.limit;
    rows.truncate(query.limit as usize);
    Ok(Page { rows, more })
}

/// How many contacts a search may find before walking the list in its order is quicker than sorting what was found.
const FEW: i64 = 3_000;

/// What a telephone number, however it is written, leaves to look for: numbers are kept as E.164, so it is their end that everybody types,
/// and Brazil's ninth digit may stand before the last eight or not.
fn phone_pieces(text: &str) -> Option<Vec<String>> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let written = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '+' | '-' | '.' | '(' | ')' | '/'));
    if !written || !(6..=15).contains(&digits.len()) {
        return None;
    }
    let split = digits.len().saturating_sub(8);
    let area = digits[..split].strip_suffix('9').filter(|_| digits.len() >= 11).unwrap_or(&digits[..split]);
    Some([area, &digits[split..]].into_iter().filter(|piece| !piece.is_empty()).map(str::to_owned).collect())
}

/// Adds the words of a search; answers whether SQLite's trigram index knows that few are found, and is asked.
async fn search(c: &impl Sql, condition: &mut String, values: &mut Vec<sea_orm::Value>, search: &str) -> Result<bool, Error> {
    let folded = fold(search);
    let number = phone_pieces(&folded);
    let words: Vec<_> = match &number {
        Some(pieces) => pieces.iter().map(String::as_str).collect(),
        None => folded.split_whitespace().take(8).collect(),
    };
    let long: Vec<_> = words.iter().filter(|w| w.chars().count() >= 3).map(|w| format!("\"{}\"", w.replace('"', " "))).collect();
    let mut few = false;
    if c.is_sqlite() && !long.is_empty() {
        let wanted = long.join(" AND ");
        let sql = "SELECT count(*) AS id FROM (SELECT rowid FROM contact_fts WHERE words MATCH $1 LIMIT $2)";
        few = c.one::<Id>(sql, vals![wanted.as_str(), FEW]).await?.is_none_or(|r| r.id < FEW);
        if few {
            values.push(wanted.into());
            condition.push_str(&format!(" AND k.id IN (SELECT rowid FROM contact_fts WHERE words MATCH ${})", values.len()));
        }
    }
    for word in words {
        values.push(format!("%{}%", word.replace(['%', '_', '\\'], "")).into());
        condition.push_str(&format!(" AND k.words LIKE ${}", values.len()));
    }
    Ok(few)
}

#[cfg(test)]
mod tests {
    use super::phone_pieces;

    #[test]
    fn a_number_is_looked_for_however_it_is_written() {
        for text in ["(30) 90000-9999", "30 0000-9999", "30900009999"] {
            assert_eq!(phone_pieces(text), Some(vec!["30".to_owned(), "00009999".to_owned()]), "{text}");
        }
        assert_eq!(phone_pieces("+55 30 90000 9999"), Some(vec!["5530".to_owned(), "00009999".to_owned()]));
        for text in ["maria", "10001", "rua 25 900001"] {
            assert_eq!(phone_pieces(text), None, "{text}");
        }
    }
}
