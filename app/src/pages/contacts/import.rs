//! Contacts from a file: choosing it, saying what its columns hold, watching, and handing back the rows that could not be taken.
//! The file is read here, in whatever encoding it has; what a row becomes is decided by the server.

use super::merge::field_text;
use super::{Trip, Turn, export};
use crate::store::{Store, ask, watch};
use api::Fault;
use kit::Draw;
use kit::i18n::{Language, Locale, Text, integer, said, t, text, violation_text};
use kit::{Failure, Icon, SelectField, Submit, SwitchField};
use kit::{act, effect, live, spawn};
use leptos::prelude::*;
use leptos::{ev, html};
use model::{AttributeView, Entity, FaultCode, ImportDraft, LabelId, OperationView, Violation, csv_rows};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::JsFuture;

/// Rows shown before the import.
const SAMPLE: usize = 3;
/// Largest file, in bytes.
const LARGEST: f64 = 20_000_000.0;

/// A file that was read.
#[derive(Clone, PartialEq)]
struct Sheet {
    name: String,
    text: String,
    rows: Vec<Vec<String>>,
}

/// The encodings a file can be said to have; the first is found out.
const ENCODINGS: [(&str, Text); 4] =
    [("", text::IMPORT_AUTO), ("utf-8", text::IMPORT_UTF8), ("windows-1252", text::IMPORT_WINDOWS), ("utf-16le", text::IMPORT_UTF16)];

/// The dialog's content.
#[component]
pub fn Import(
    /// Closes the dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let turn = expect_context::<Turn>();
    let account = store.account;
    let file = StoredValue::new(None::<SendWrapper<web_sys::File>>);
    let node = NodeRef::<html::Input>::new();
    let encoding = RwSignal::new(String::new());
    let sheet = RwSignal::new(None::<Sheet>);
    let columns = RwSignal::new(Vec::<String>::new());
    let heading = RwSignal::new(true);
    let label = RwSignal::new(String::new());
    let defined = RwSignal::new(Vec::<AttributeView>::new());
    let work = RwSignal::new(None::<OperationView>);
    let trip = Trip::new();
    effect(move || {
        spawn(async move {
            if let Ok(all) = ask(api::Attributes { account }).await {
                // The dialog may be closed by now.
                let _ = defined.try_set(all);
            }
        });
    });
    let take = move || {
        let Some(file) = file.get_value() else { return };
        trip.forget();
        spawn(async move {
            match decoded(&file, &encoding.get_untracked()).await {
                Ok(text) => {
                    let rows = csv_rows(&text);
                    let known = defined.get_untracked();
                    columns.set(rows.first().map(|first| first.iter().map(|cell| guess(cell, &known)).collect()).unwrap_or_default());
                    sheet.set(Some(Sheet { name: file.name(), text, rows }));
                }
                Err(code) => trip.refuse(Fault::of(code)),
            }
        });
    };
    let picked = move |_| {
        let found = node.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
        if found.is_some() {
            file.set_value(found.map(SendWrapper::new));
            take();
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(sheet) = sheet.get_untracked() else { return };
        let labels = label.get_untracked().parse().map(LabelId).into_iter().collect();
        let draft = ImportDraft { text: sheet.text, columns: columns.get_untracked(), heading: heading.get_untracked(), labels };
        let call = async move {
            let begun = ask(api::ImportContacts { account, draft }).await?;
            watch(account, begun, |view| work.set(Some(view.clone()))).await
        };
        trip.send(call, move |done| {
            work.set(Some(done));
            turn.again();
        });
    };
    let rows_in = move || {
        let all = sheet.with(|sheet| sheet.as_ref().map_or(0, |sheet| sheet.rows.len()));
        i64::try_from(all.saturating_sub(usize::from(heading.get()))).unwrap_or(0)
    };
    let ways = move || columns.with(|columns| columns.iter().any(|column| matches!(column.as_str(), "email" | "phone" | "identifier")));
    view! {
        <form class="form import" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            {live(move || match (work.get(), sheet.get()) {
                (Some(work), sheet) => view! { <Progress work=work sheet=sheet open=open/> }.any(),
                (None, None) => view! {
                    <p class="card__line">{t(text::IMPORT_LEAD)}</p>
                    <label class="import__drop">
                        {Icon::FILE_TEXT.view()}
                        <span>{t(text::IMPORT_CHOOSE)}</span>
                        <input class="visually-hidden" type="file" name="contacts" accept=".csv,.txt,.tsv,text/csv" node_ref=node on:change=picked/>
                    </label>
                }
                .any(),
                (None, Some(found)) => view! {
                    <div class="create__chosen">
                        {Icon::FILE_TEXT.view()}
                        <span class="create__who">
                            <b>{found.name.clone()}</b>
                            <span class="create__hint">{live(move || locale.count(text::IMPORT_ROWS, rows_in()))}</span>
                        </span>
                        <button type="button" class="icon-button" aria-label=t(text::COMMON_REMOVE) on:click=act(move |_| sheet.set(None))>{Icon::X.view()}</button>
                    </div>
                    <div class="form__pairs">
                        <SelectField
                            name="import-encoding"
                            label=said(text::IMPORT_ENCODING)
                            options=Signal::derive(move || ENCODINGS.map(|(key, words)| (key.to_owned(), locale.say(words).to_owned())).to_vec())
                            value=encoding
                            change=Callback::new(move |next| {
                                encoding.set(next);
                                take();
                            })
                        />
                        <SelectField
                            name="import-label"
                            label=said(text::IMPORT_LABEL)
                            options=Signal::derive(move || {
                                let none = (String::new(), locale.say(text::IMPORT_NO_LABEL).to_owned());
                                std::iter::once(none).chain(store.labels.get().into_iter().map(|label| (label.id.to_string(), label.title))).collect::<Vec<_>>()
                            })
                            value=label
                            change=Callback::new(move |next| label.set(next))
                        />
                    </div>
                    <SwitchField label=said(text::IMPORT_HEADING) value=heading change=Callback::new(move |on| heading.set(on))/>
                    <Columns sheet=found columns=columns defined=defined/>
                    {live(move || (!ways()).then(|| view! { <p class="guide" role="status">{Icon::INFO.view()} <span>{t(text::IMPORT_WAYS)}</span></p> }.any()))}
                    <div class="form__end">
                        <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                        {live(move || ways().then(|| view! { <Submit label=said(text::IMPORT_SUBMIT) busy=trip.busy/> }.any()))}
                    </div>
                }
                .any(),
            })}
        </form>
    }
    .any()
}

/// What each column holds, beside its first values.
#[component]
fn Columns(sheet: Sheet, columns: RwSignal<Vec<String>>, defined: RwSignal<Vec<AttributeView>>) -> impl IntoView {
    let locale = Locale::current();
    let count = sheet.rows.first().map_or(0, Vec::len);
    let row = move |at: usize| {
        let cells: Vec<String> =
            sheet.rows.iter().take(SAMPLE + 1).filter_map(|row| row.get(at).cloned()).filter(|cell| !cell.trim().is_empty()).collect();
        let name = cells.first().cloned().unwrap_or_default();
        let key = key_of(&name);
        let label = name.clone();
        let options = Signal::derive(move || {
            let say = |key: &str, words: Text| (key.to_owned(), locale.say(words).to_owned());
            let mut all = vec![say("", text::IMPORT_SKIP)];
            all.extend(["name", "email", "phone", "identifier"].into_iter().filter_map(|field| Some(say(field, field_text(field)?))));
            all.extend([say("company", text::CONTACTS_COMPANY), say("city", text::CONTACTS_CITY)]);
            all.extend(
                defined.get().into_iter().filter(|one| one.draft.entity == Entity::Contact).map(|one| (one.draft.key, one.draft.label)),
            );
            if !key.is_empty() && !all.iter().any(|(known, _)| *known == key) {
                all.push((key.clone(), locale.say_with(text::IMPORT_ATTRIBUTE, &[("name", &key)])));
            }
            all
        });
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{cells.get(1..).unwrap_or_default().join(" · ")}</td>
                <td>
                    <SelectField
                        name=format!("column-{at}")
                        label=Signal::derive(move || locale.say_with(text::IMPORT_COLUMN, &[("name", &label)]))
                        bare=true
                        options=options
                        value=Signal::derive(move || columns.with(|columns| columns.get(at).cloned().unwrap_or_default()))
                        change=Callback::new(move |next: String| columns.update(|columns| {
                            if let Some(column) = columns.get_mut(at) {
                                *column = next;
                            }
                        }))
                    />
                </td>
            </tr>
        }
        .any()
    };
    view! {
        <div class="matrix__scroll">
            <table class="matrix import__columns">
                <thead><tr><th scope="col">{t(text::IMPORT_IN_FILE)}</th><th scope="col">{t(text::IMPORT_EXAMPLE)}</th><th scope="col">{t(text::IMPORT_BECOMES)}</th></tr></thead>
                <tbody>{(0..count).map(row).collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
    .any()
}

/// How far it is, and in the end what came of it.
#[component]
fn Progress(work: OperationView, sheet: Option<Sheet>, open: RwSignal<bool>) -> impl IntoView {
    let locale = Locale::current();
    let language = locale.now();
    if !work.finished {
        let words =
            text::BULK_PROGRESS.with(language, &[("done", &integer(language, work.done)), ("total", &integer(language, work.total))]);
        return view! {
            <p class="import__progress" role="status">
                <progress max=work.total.to_string() value=work.done.to_string() aria-label=t(text::IMPORT_TITLE)></progress>
                <span>{words}</span>
            </p>
        }
        .any();
    }
    let report = work.report.clone();
    let save = {
        let report = report.clone();
        move || export::download("linhas-com-erro.csv", "text/csv", &bad_rows(language, sheet.as_ref(), &report))
    };
    let rows = report.iter().take(10).map(|(row, why)| {
        let (at, why) = (text::IMPORT_ROW.with(language, &[("row", &integer(language, *row))]), reason(language, why));
        view! { <li class="import__bad"><b>{at}</b> <span>{why}</span></li> }.any()
    });
    let failed = work.failed;
    view! {
        <div role="status" class="import__done">
            <p>{Icon::CIRCLE_CHECK.view()} <span>{text::IMPORT_DONE.count(language, work.done - failed)}</span></p>
            {(failed > 0).then(|| view! { <p class="import__failed">{Icon::CIRCLE_ALERT.view()} <span>{text::IMPORT_FAILED.count(language, failed)}</span></p> }.any())}
        </div>
        {(failed > 0).then(|| view! {
            <ul class="import__report" role="list">{rows.collect::<Vec<_>>()}</ul>
            <button type="button" class="button" on:click=act(move |_| save())>{Icon::DOWNLOAD.view()} <span>{t(text::IMPORT_DOWNLOAD)}</span></button>
        }.any())}
        <div class="form__end">
            <button type="button" class="button" data-kind="primary" on:click=act(move |_| open.set(false))>{t(text::COMMON_CLOSE)}</button>
        </div>
    }
    .any()
}

/// Why a row could not be taken, from the words the operation keeps: `email: malformed`, or a fault's name.
fn reason(language: Language, why: &str) -> String {
    let part = |part: &str| {
        let (field, violation) = part.split_once(": ").unwrap_or(("", part));
        let words = match violation {
            "required" if field == "row" => return text::IMPORT_NO_WAY.in_(language).to_owned(),
            "required" => violation_text(language, Violation::Required),
            "malformed" => violation_text(language, Violation::Malformed),
            "taken" => violation_text(language, Violation::Taken),
            _ => text::FAULT_INVALID.in_(language).to_owned(),
        };
        let field = field_text(field).map_or_else(|| field.to_owned(), |words| words.in_(language).to_owned());
        if field.is_empty() { words } else { format!("{field}: {words}") }
    };
    why.split(", ").map(part).collect::<Vec<_>>().join(" ")
}

/// The rows that could not be taken, as they stood in the file, with the reason in front.
fn bad_rows(language: Language, sheet: Option<&Sheet>, report: &[(i64, String)]) -> String {
    let rows = sheet.map(|sheet| sheet.rows.as_slice()).unwrap_or_default();
    let line = |why: &str, cells: &[String]| {
        std::iter::once(why).chain(cells.iter().map(String::as_str)).map(cell).collect::<Vec<_>>().join(",") + "\r\n"
    };
    let mut text = "\u{feff}".to_owned();
    if let Some(first) = rows.first() {
        text.push_str(&line(text::IMPORT_WHY.in_(language), first));
    }
    for (row, why) in report {
        let cells = usize::try_from(row - 1).ok().and_then(|at| rows.get(at)).cloned().unwrap_or_default();
        text.push_str(&line(&reason(language, why), &cells));
    }
    text
}

/// A cell as it is written (RFC 4180).
fn cell(text: &str) -> String {
    if text.contains(['"', ',', ';', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// The text of a file. Where nobody said otherwise it is UTF-8 if it reads as that, by its mark UTF-16, else what Brazilian spreadsheets write.
async fn decoded(file: &web_sys::File, encoding: &str) -> Result<String, FaultCode> {
    if file.size() > LARGEST {
        return Err(FaultCode::TooLarge);
    }
    let bytes = JsFuture::from(file.array_buffer()).await.map_err(|_| FaultCode::Internal)?;
    let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
    let read = |label: &str| -> Result<String, FaultCode> {
        let decoder = web_sys::TextDecoder::new_with_label(label).map_err(|_| FaultCode::Internal)?;
        decoder.decode_with_u8_array(&bytes).map_err(|_| FaultCode::Internal)
    };
    match (encoding, bytes.as_slice()) {
        ("", [0xff, 0xfe, ..]) => read("utf-16le"),
        ("", [0xfe, 0xff, ..]) => read("utf-16be"),
        ("", bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => read("windows-1252"),
        },
        (label, _) => read(label),
    }
}

/// What a column holds, by its name in either language.
fn guess(cell: &str, defined: &[AttributeView]) -> String {
    let name = key_of(cell);
    let known = match name.as_str() {
        "nome" | "name" | "nome_completo" | "full_name" | "cliente" => "name",
        "email" | "e_mail" | "mail" | "correio" => "email",
        "telefone" | "phone" | "celular" | "whatsapp" | "fone" | "tel" | "phone_number" | "mobile" => "phone",
        "identificador" | "identifier" | "codigo" | "external_id" => "identifier",
        "empresa" | "company" => "company",
        "cidade" | "city" => "city",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let fits = |one: &&AttributeView| one.draft.entity == Entity::Contact && (one.draft.key == name || key_of(&one.draft.label) == name);
    defined.iter().find(fits).map(|one| one.draft.key.clone()).unwrap_or_default()
}

/// A heading as an attribute's key: lower-case, plain letters, digits and `_`.
fn key_of(name: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ç' => 'c',
        c if c.is_ascii_alphanumeric() => c,
        _ => '_',
    };
    let key: String = kit::lower(name.trim()).chars().map(plain).take(60).collect();
    key.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_guessed_in_both_languages() {
        for (heading, column) in
            [("Nome completo", "name"), ("E-mail", "email"), ("Celular", "phone"), ("Código", "identifier"), ("Cor", "")]
        {
            assert_eq!(guess(heading, &[]), column, "{heading}");
        }
        assert_eq!(key_of("Data de início"), "data_de_inicio");
    }

    #[test]
    fn rows_that_could_not_be_taken_come_back_as_they_stood() {
        let text = "nome;e-mail\nBia;bia@x.example\nZé;isto não é";
        let sheet = Sheet { name: String::new(), text: text.to_owned(), rows: csv_rows(text) };
        let back = bad_rows(Language::English, Some(&sheet), &[(3, "email: malformed".to_owned())]);
        assert!(back.starts_with('\u{feff}'));
        let lines: Vec<_> = back.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with(",Zé,isto não é"), "{back}");
    }
}
