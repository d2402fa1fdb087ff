//! When the people of an inbox are there: how it is kept, asked, said to visitors and worded for API clients.

use crate::{Error, Result};
use jiff::Zoned;
use jiff::tz::TimeZone;
use model::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Under which settings of an inbox they are kept: the days, and what is said outside of them.
const HOURS: &str = "hours";
pub(crate) const CLOSED: &str = "out_of_office_message";
/// Most characters of what is said.
const LONGEST: usize = 2_000;
/// A day's last minute and one more.
const DAY: u32 = 1_440;

/// Those of an inbox's settings.
pub(crate) fn of(settings: &BTreeMap<String, String>) -> BusinessHours {
    let kept: Option<BusinessHours> = settings.get(HOURS).and_then(|text| serde_json::from_str(text).ok());
    BusinessHours { closed: settings.get(CLOSED).cloned().unwrap_or_default(), ..kept.unwrap_or_default() }
}

/// Writes them into an inbox's settings.
pub(crate) fn keep(settings: &mut BTreeMap<String, String>, hours: &BusinessHours) {
    settings.insert(CLOSED.to_owned(), hours.closed.clone());
    let bare = BusinessHours { closed: String::new(), ..hours.clone() };
    settings.insert(HOURS.to_owned(), serde_json::to_string(&bare).unwrap_or_default());
}

/// Whether they can be kept. Fields are `zone`, `closed`, and `day0` for Monday to `day6`.
///
/// # Errors
/// `Invalid`.
pub(crate) fn check(hours: &BusinessHours) -> Result<()> {
    if TimeZone::get(&hours.zone).is_err() {
        return Err(Error::field("zone", Violation::Malformed));
    }
    if hours.closed.chars().count() > LONGEST {
        return Err(Error::field("closed", Violation::TooLong(LONGEST as u32)));
    }
    match hours.days.iter().position(|day| day.span().is_some_and(|(from, to)| from >= to || to > DAY)) {
        Some(day) => Err(Error::field(&format!("day{day}"), Violation::Malformed)),
        None => Ok(()),
    }
}

/// A moment where the inbox is. In a zone nobody knows there is none, and people are always there: better one answer too hopeful than a closed door.
fn there(hours: &BusinessHours, now: Timestamp) -> Option<Zoned> {
    let zone = TimeZone::get(&hours.zone).ok().filter(|_| hours.on)?;
    Some(jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone))
}

fn day_of(hours: &BusinessHours, at: &Zoned) -> DayHours {
    usize::try_from(at.weekday().to_monday_zero_offset()).ok().and_then(|day| hours.days.get(day)).copied().unwrap_or(DayHours::Closed)
}

/// Whether people are there.
pub(crate) fn open(hours: &BusinessHours, now: Timestamp) -> bool {
    let Some(at) = there(hours, now) else { return true };
    let minute = u32::try_from(i32::from(at.hour()) * 60 + i32::from(at.minute())).unwrap_or_default();
    day_of(hours, &at).span().is_some_and(|(from, to)| (from..to).contains(&minute))
}

/// The beginning of the day where the inbox is.
pub(crate) fn midnight(hours: &BusinessHours, now: Timestamp) -> Option<Timestamp> {
    Some(Timestamp(there(hours, now)?.start_of_day().ok()?.timestamp().as_millisecond()))
}

/// When people come back, where the inbox is; none while they are there, and when they never do.
fn back(hours: &BusinessHours, now: Timestamp) -> Option<Zoned> {
    if open(hours, now) {
        return None;
    }
    let at = there(hours, now)?;
    (0..8).find_map(|ahead| {
        let day = at.start_of_day().ok()?.checked_add(jiff::Span::new().days(ahead)).ok()?;
        let (from, _) = day_of(hours, &day).span()?;
        let opening = day
            .date()
            .at(0, 0, 0, 0)
            .checked_add(jiff::Span::new().minutes(i64::from(from)))
            .ok()?
            .to_zoned(at.time_zone().clone())
            .ok()?;
        (opening > at).then_some(opening)
    })
}

/// When people come back, as a sentence for visitors; none while they are there. The place is named, since theirs may keep another time.
pub(crate) fn back_words(hours: &BusinessHours, language: Language, now: Timestamp) -> Option<String> {
    let (at, opening) = (there(hours, now)?, back(hours, now)?);
    let days = (opening.date() - at.date()).get_days();
    let weekday = usize::try_from(opening.weekday().to_monday_zero_offset()).unwrap_or_default();
    let clock = opening.strftime("%H:%M").to_string();
    let place = hours.zone.rsplit('/').next().unwrap_or_default().replace('_', " ");
    Some(match language {
        Language::Portuguese => {
            const DAYS: [&str; 7] = ["segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo"];
            let day = match days {
                0 => "hoje",
                1 => "amanhã",
                _ => DAYS[weekday % 7],
            };
            format!("Voltamos {day} às {clock} ({place})")
        }
        Language::English => {
            const DAYS: [&str; 7] = ["on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"];
            let day = match days {
                0 => "today",
                1 => "tomorrow",
                _ => DAYS[weekday % 7],
            };
            format!("We are back {day} at {clock} ({place})")
        }
    })
}

/// The week as the ecosystem words it: Sunday is 0.
pub(crate) fn week(hours: &BusinessHours) -> Value {
    let day = |number: usize| {
        let day = hours.days[(number + 6) % 7];
        // The document knows no empty times: those of a closed day are none.
        let (from, to) = day.span().unwrap_or_default();
        let to = to.min(DAY - 1);
        json!({
            "day_of_week": number, "closed_all_day": day == DayHours::Closed, "open_all_day": day == DayHours::AllDay,
            "open_hour": from / 60, "open_minutes": from % 60, "close_hour": to / 60, "close_minutes": to % 60,
        })
    };
    (0..7).map(day).collect()
}

/// What a client, or the ecosystem's own database, says of one day; none where it says nothing that can be.
pub(crate) fn day(given: &Map<String, Value>) -> Option<(usize, DayHours)> {
    let number =
        |key: &str| given.get(key).and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok())).and_then(|n| u32::try_from(n).ok());
    let on = |key: &str| given.get(key).is_some_and(|v| v == true || v == "true");
    let sunday = usize::try_from(number("day_of_week")?).ok().filter(|day| *day < 7)?;
    let at = |hour: &str, minutes: &str| Some(number(hour)? * 60 + number(minutes).unwrap_or_default());
    let hours = match (on("closed_all_day"), on("open_all_day")) {
        (true, _) => DayHours::Closed,
        (_, true) => DayHours::AllDay,
        // The last minute that can be said means the day's end.
        _ => match (at("open_hour", "open_minutes")?, at("close_hour", "close_minutes")?) {
            (from, to) if to == DAY - 1 => DayHours::Open { from, to: DAY },
            (from, to) => DayHours::Open { from, to },
        },
    };
    Some(((sunday + 6) % 7, hours))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_week_has_its_days_and_says_when_it_goes_on() {
        let mut hours = BusinessHours { on: true, ..BusinessHours::default() };
        hours.days[5] = DayHours::AllDay;
        let said = |moment: &str| back_words(&hours, Language::Portuguese, at(moment));
        // São Paulo is three hours behind UTC. 2026-11-20 was a Friday.
        assert!(open(&hours, at("2026-11-20T12:00:00Z")) && open(&hours, at("2026-11-20T19:59:00Z")));
        assert!(!open(&hours, at("2026-11-20T11:59:00Z")) && !open(&hours, at("2026-11-20T20:00:00Z")));
        assert_eq!(said("2026-11-20T12:00:00Z"), None);
        assert_eq!(said("2026-11-20T11:00:00Z").unwrap(), "Voltamos hoje às 09:00 (Sao Paulo)");
        assert_eq!(said("2026-11-20T20:00:00Z").unwrap(), "Voltamos amanhã às 00:00 (Sao Paulo)");
        assert!(open(&hours, at("2026-11-22T02:59:00Z")), "a whole day is its last minute too");
        assert_eq!(said("2026-11-22T03:00:00Z").unwrap(), "Voltamos amanhã às 09:00 (Sao Paulo)");
        hours.days = [
            DayHours::Closed,
            DayHours::Closed,
            DayHours::Open { from: 510, to: 1_440 },
            DayHours::Closed,
            DayHours::Closed,
            DayHours::Closed,
            DayHours::Closed,
        ];
        assert_eq!(
            back_words(&hours, Language::English, at("2026-11-22T12:00:00Z")).unwrap(),
            "We are back on Wednesday at 08:30 (Sao Paulo)"
        );
        hours.days = [DayHours::Closed; 7];
        assert_eq!(back_words(&hours, Language::English, at("2026-11-22T12:00:00Z")), None, "nobody is promised what never comes");
        assert!(open(&BusinessHours { zone: "Nowhere/Land".to_owned(), ..hours.clone() }, at("2026-11-22T12:00:00Z")));
        assert!(open(&BusinessHours { on: false, ..hours }, at("2026-11-22T12:00:00Z")));
    }

    #[test]
    fn what_cannot_be_is_refused_and_a_week_survives_the_ecosystems_words() {
        let mut hours = BusinessHours { on: true, ..BusinessHours::default() };
        assert!(check(&hours).is_ok());
        hours.days[2] = DayHours::Open { from: 600, to: 600 };
        assert!(check(&hours).is_err() && check(&BusinessHours { zone: "Lua".to_owned(), ..BusinessHours::default() }).is_err());
        hours.days = [
            DayHours::Open { from: 545, to: 1_440 },
            DayHours::AllDay,
            DayHours::Closed,
            DayHours::Closed,
            DayHours::Closed,
            DayHours::Open { from: 0, to: 60 },
            DayHours::AllDay,
        ];
        let told = week(&hours);
        assert_eq!((&told[1]["open_hour"], &told[1]["open_minutes"], &told[1]["close_minutes"]), (&json!(9), &json!(5), &json!(59)));
        let mut again = [DayHours::Closed; 7];
        for one in told.as_array().unwrap() {
            let (at, day) = day(one.as_object().unwrap()).unwrap();
            again[at] = day;
        }
        assert_eq!(again, hours.days);
    }
}
