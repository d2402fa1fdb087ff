//! Every container with what a camera or a program adds, by hand: what goes, what stays, and that no broken file does harm.

use super::*;
use futures::stream;

/// A file as it is given and as it is kept.
type Pair = (Vec<u8>, Vec<u8>);

/// What a camera adds, in every container.
const SECRET: &[u8] = b"GPS -23.5505,-46.6333 Maria";

/// A block of EXIF with a turn, behind which lies the place.
fn exif(turn: u8) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x02\0".to_vec();
    block.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
    block.extend([0x12, 1, 3, 0, 1, 0, 0, 0, turn, 0, 0, 0, 0, 0, 0, 0]);
    [&block, SECRET].concat()
}

fn jpeg(turn: u8) -> Pair {
    let segment = |marker: u8, body: &[u8]| [&[0xff, marker][..], &(body.len() as u16 + 2).to_be_bytes(), body].concat();
    let jfif = segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    let colours = segment(0xe2, b"ICC_PROFILE\0\x01\x01colours");
    let frame = segment(0xc0, &[8, 0, 2, 0, 3, 1, 1, 0x11, 0]);
    let scan = [&segment(0xda, &[1, 1, 0, 0, 63, 0])[..], b"data\xff\0more\xff\xd0rest"].concat();
    let second = [&segment(0xda, &[1, 1, 0, 0, 63, 0])[..], b"again\xff\xd9"].concat();
    let tags = segment(0xe1, &[b"Exif\0\0", &exif(turn)[..]].concat());
    let xmp = segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat());
    let others =
        [segment(0xe2, &[b"MPF\0", SECRET].concat()), segment(0xed, SECRET), segment(0xfe, SECRET), segment(0xeb, SECRET)].concat();
    let whole = [b"\xff\xd8", &jfif[..], &tags, &xmp, &colours, &others, b"\xff", &frame, &scan, &segment(0xfe, SECRET), &second, SECRET];
    let kept = if turn > 1 { segment(0xe1, &[b"Exif\0\0", &tiff::only(turn)[..]].concat()) } else { Vec::new() };
    (whole.concat(), [b"\xff\xd8", &jfif[..], &kept, &colours, &frame, &scan, &second].concat())
}

fn png() -> Pair {
    let chunk = |kind: &[u8], body: &[u8]| [&(body.len() as u32).to_be_bytes(), kind, body, b"sum!"].concat();
    let front = [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &[0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0]), &chunk(b"acTL", &[0; 8])].concat();
    let told: Vec<u8> = [b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"].iter().flat_map(|kind| chunk(*kind, SECRET)).collect();
    let frames = [chunk(b"iCCP", b"c"), chunk(b"fcTL", &[0; 26]), chunk(b"IDAT", &[7; 9]), chunk(b"fdAT", &[8; 99])].concat();
    let end = chunk(b"IEND", b"");
    ([&front, &told, &frames, &told, &end, SECRET].concat(), [front, frames, end].concat())
}

fn gif() -> Pair {
    let front = b"GIF89a\x03\0\x02\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    let rounds = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0".to_vec();
    let xmp = [b"\x21\xff\x0bXMP DataXMP\x1b", SECRET, b"\0"].concat();
    let comment = [b"\x21\xfe\x1b", SECRET, b"\0"].concat();
    let frame = b"\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x03\0\x02\0\0\x02\x03abc\x02de\0".to_vec();
    let whole = [&front[..], &xmp, &rounds, &comment, &frame, &comment, &frame, b"\x3b", SECRET].concat();
    (whole, [&front[..], &rounds, &frame, &frame, b"\x3b"].concat())
}

fn webp(turn: u8) -> Pair {
    let chunk = |kind: &[u8], body: &[u8]| {
        let pad: &[u8] = if body.len() % 2 == 1 { &[0] } else { &[] };
        [kind, &(body.len() as u32).to_le_bytes(), body, pad].concat()
    };
    let file = |flags: u8, tags: Vec<u8>, rest: [Vec<u8>; 2]| {
        let head = chunk(b"VP8X", &[flags, 0, 0, 0, 2, 0, 0, 1, 0, 0]);
        let frames = [chunk(b"ANIM", &[0; 6]), chunk(b"ANMF", &[1; 31]), chunk(b"ANMF", &[2; 30])].concat();
        let body = [b"WEBP", &head[..], &frames, &tags, &rest[0], &rest[1]].concat();
        [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
    };
    let (tags, blank) = (exif(turn), vec![0; SECRET.len()]);
    let mut only = tiff::only(turn).to_vec();
    only.resize(tags.len(), 0);
    let given = file(0x0e, chunk(b"EXIF", &tags), [chunk(b"XMP ", SECRET), chunk(b"mine", SECRET)]);
    ([&given, SECRET].concat(), file(0x0a, chunk(b"EXIF", &only), [chunk(b"JUNK", &blank), chunk(b"JUNK", &blank)]))
}

fn part(kind: &[u8], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), kind, body].concat()
}

/// Two items: the picture, and EXIF, which lies behind it or in the description itself.
fn heic(within: bool) -> Pair {
    let brand = part(b"ftyp", b"heic\0\0\0\0mif1heic");
    let item = |id: u8, kind: &[u8]| part(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], kind, b"\0"].concat());
    let items = part(b"iinf", &[&[0, 0, 0, 0, 0, 2][..], &item(1, b"hvc1"), &item(2, b"Exif")].concat());
    let length = SECRET.len() as u8;
    let description = |picture: u8, tags: u8| {
        let place = |id: u8, method: u8, at: u8, length: u8| [0, id, 0, method, 0, 0, 0, 1, 0, 0, 0, at, 0, 0, 0, length];
        let method = u8::from(within);
        let places = [&[1, 0, 0, 0, 0x44, 0, 0, 2][..], &place(1, 0, picture, 4), &place(2, method, tags, length)].concat();
        let own = if within { part(b"idat", SECRET) } else { Vec::new() };
        part(b"meta", &[&[0; 4][..], &items, &part(b"iloc", &places), &own].concat())
    };
    let data = (brand.len() + description(0, 0).len() + 8) as u8;
    let meta = description(data, if within { 0 } else { data + 4 });
    let whole = [brand, meta, part(b"mdat", &[&b"PICT"[..], if within { &SECRET[..0] } else { SECRET }, b"rest"].concat())].concat();
    let mut kept = whole.clone();
    let at = whole.windows(SECRET.len()).position(|window| window == SECRET).unwrap();
    kept[at..at + SECRET.len()].fill(0);
    (whole, kept)
}

fn film() -> Pair {
    let file = |name: &[u8], other: &[u8], inner: &[u8]| {
        let track = part(b"trak", &[part(b"tkhd", b"head"), part(name, inner)].concat());
        let film = part(b"moov", &[part(b"mvhd", b"head"), track, part(name, inner), part(other, inner)].concat());
        [part(b"ftyp", b"isom\0\0\0\0isommp42"), film, part(b"mdat", b"frames udta")].concat()
    };
    (file(b"udta", b"meta", SECRET), file(b"free", b"free", &vec![0; SECRET.len()]))
}

fn all() -> Vec<(&'static str, Pair)> {
    vec![
        ("a turned jpeg", jpeg(6)),
        ("a jpeg", jpeg(1)),
        ("a png", png()),
        ("a gif", gif()),
        ("a webp", webp(8)),
        ("a heic", heic(false)),
        ("a heic with its tags in the description", heic(true)),
        ("a film", film()),
        ("no picture", (b"%PDF-1.4 any thing".to_vec(), b"%PDF-1.4 any thing".to_vec())),
    ]
}

fn passed(bytes: &[u8], step: usize, most: i64) -> (Result<Seen>, Vec<u8>) {
    let mut out = Vec::new();
    let pieces = bytes.chunks(step).map(|piece| Ok::<_, std::convert::Infallible>(Bytes::copy_from_slice(piece)));
    let seen = pass(stream::iter(pieces), most, &mut out).now_or_never().unwrap();
    (seen, out)
}

#[test]
fn what_tells_of_the_place_goes_and_the_picture_stays_as_it_was() {
    for (name, (given, kept)) in all() {
        for step in [1, 7, given.len()] {
            let (seen, out) = passed(&given, step, i64::MAX);
            assert_eq!(seen.unwrap().turned, matches!(name, "a turned jpeg" | "a webp"), "{name} {step}");
            assert!(out == kept, "{name} by {step}:\n{}\n{}", out.escape_ascii(), kept.escape_ascii());
        }
        assert_eq!(passed(&kept, 64, i64::MAX).1, kept, "{name} twice is the same");
    }
}

#[test]
fn a_file_that_is_too_large_is_so_by_what_came() {
    for (name, (given, _)) in all() {
        let size = given.len() as i64;
        assert!(passed(&given, 16, size).0.is_ok(), "{name}");
        assert!(matches!(passed(&given, 16, size - 1).0, Err(Error::Fault(FaultCode::TooLarge))), "{name}");
    }
}

#[test]
fn broken_and_hostile_files_end_and_grow_by_nothing() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let holds = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|window| window == SECRET);
    for (name, (given, _)) in all() {
        for end in 0..given.len() {
            let (_, out) = passed(&given[..end], 64, i64::MAX);
            assert!(!holds(&out) && out.len() <= given.len() + 36, "{name} cut at {end}");
        }
        for _ in 0..4000 {
            let mut bytes = given.clone();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                bytes[at] = [0, 1, 0xff, 0x7f, u8::try_from(random(256)).unwrap()][random(5)];
            }
            let (_, out) = passed(&bytes, 1 + random(200), i64::MAX);
            assert!(out.len() <= bytes.len() + 36, "{name}: {}", bytes.escape_ascii());
        }
    }
}

#[test]
fn a_picture_whose_tags_cannot_be_found_is_not_taken() {
    let (given, _) = heic(false);
    let at = given.windows(4).position(|window| window == b"iloc").unwrap();
    let mut broken = given.clone();
    broken[at + 8] = 0xff;
    assert!(passed(&broken, 64, i64::MAX).0.is_err());
    // Its description behind what it describes, which has passed then.
    let brand = given.windows(4).position(|window| window == b"meta").unwrap() - 4;
    let data = given.windows(4).position(|window| window == b"mdat").unwrap() - 4;
    let mut given = given;
    given[at + 39] = u8::try_from(brand + 12).unwrap();
    let behind = [&given[..brand], &given[data..], &given[brand..data]].concat();
    assert!(passed(&behind, 64, i64::MAX).0.is_err());
}
