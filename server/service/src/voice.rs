//! Voice recordings as channels carry them: what a browser records as WebM becomes OGG without being encoded again, packet by packet.
//! It decodes no sound. Sources: RFC 9559 (Matroska), RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), RFC 6716 section 3.1 (packet durations).

/// Opus counts in 48,000ths of a second, whatever was recorded.
const RATE: u64 = 48_000;
/// A page is closed once it holds about a second, so that players can seek.
const PAGE: u64 = RATE;

/// A recording taken out of its WebM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// The same sound as an OGG file.
    pub ogg: Vec<u8>,
    /// Its length in milliseconds.
    pub duration: i64,
}

/// Puts the Opus packets of a WebM recording into an OGG file; none when it holds no Opus, or is broken.
#[must_use]
pub fn ogg_of_webm(webm: &[u8]) -> Option<Voice> {
    let mut found = Found::default();
    walk(webm, &mut found, 0);
    let head = found.head.filter(|head| head.len() >= 19 && head.starts_with(b"OpusHead"))?;
    if found.packets.is_empty() {
        return None;
    }
    let skip = u64::from(u16::from_le_bytes([head[10], head[11]]));
    let mut out = Ogg::default();
    out.page(&[head], 0, 0x02);
    let vendor = b"Recado";
    let mut tags = b"OpusTags".to_vec();
    tags.extend_from_slice(&(vendor.len() as u32).to_le_bytes());
    tags.extend_from_slice(vendor);
    tags.extend_from_slice(&0_u32.to_le_bytes());
    out.page(&[&tags], 0, 0);
    let (mut at, mut begun, mut segments) = (0_u64, 0_u64, 0_usize);
    let mut waiting: Vec<&[u8]> = Vec::new();
    for (index, packet) in found.packets.iter().enumerate() {
        let need = packet.len() / 255 + 1;
        // A page has room for 255 segments; a packet of ours never spans two.
        if need > 255 {
            return None;
        }
        if !waiting.is_empty() && (segments + need > 255 || at - begun >= PAGE) {
            out.page(&waiting, at, 0);
            waiting.clear();
            (begun, segments) = (at, 0);
        }
        waiting.push(packet);
        segments += need;
        at += samples(packet)?;
        if index + 1 == found.packets.len() {
            out.page(&waiting, at, 0x04);
        }
    }
    Some(Voice { ogg: out.bytes, duration: i64::try_from(at.saturating_sub(skip) * 1000 / RATE).ok()? })
}

/// How many samples a packet plays (RFC 6716, table 2 and section 3.2).
fn samples(packet: &[u8]) -> Option<u64> {
    let toc = *packet.first()?;
    let frame = match toc >> 3 {
        config @ 0..=11 => [480, 960, 1920, 2880][usize::from(config & 3)],
        config @ 12..=15 => [480, 960][usize::from(config & 1)],
        config => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(packet.get(1)? & 0x3f),
    };
    Some(frame * frames)
}

#[derive(Default)]
struct Found<'w> {
    head: Option<&'w [u8]>,
    packets: Vec<&'w [u8]>,
}

/// Goes through the elements; what it does not know it steps over. Live recordings leave the sizes of segment and cluster unknown.
fn walk<'w>(mut bytes: &'w [u8], found: &mut Found<'w>, depth: u8) {
    while let Some((id, size, body)) = element(bytes) {
        let inside = size.map_or(body, |size| &body[..size.min(body.len())]);
        match id {
            // Segment, Tracks, TrackEntry, Cluster, BlockGroup.
            0x1853_8067 | 0x1654_AE6B | 0xAE | 0x1F43_B675 | 0xA0 if depth < 6 => walk(inside, found, depth + 1),
            // CodecPrivate: the head of the Opus stream.
            0x63A2 => found.head = found.head.or(Some(inside)),
            // SimpleBlock and Block: track number, two bytes of time, flags, then the packet, which recorders do not lace.
            0xA3 | 0xA1 => {
                let packet = vint(inside).and_then(|(_, length)| inside.get(length + 3..)).filter(|packet| !packet.is_empty());
                found.packets.extend(packet);
            }
            _ => {}
        }
        // With an unknown size the element runs to the end of its parent, and has been walked.
        let Some(size) = size else { return };
        let Some(rest) = body.get(size..) else { return };
        bytes = rest;
    }
}

/// The next element: its id, its size if known, and all that follows its head.
fn element(bytes: &[u8]) -> Option<(u32, Option<usize>, &[u8])> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    if length > 4 {
        return None;
    }
    let id = bytes.get(..length)?.iter().fold(0_u32, |id, byte| id << 8 | u32::from(*byte));
    let (size, taken) = vint(&bytes[length..])?;
    Some((id, size.and_then(|size| usize::try_from(size).ok()), &bytes[length + taken..]))
}

/// A number of variable length, and how many bytes it took; all ones mean unknown.
fn vint(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > 8 {
        return None;
    }
    let start = u64::from(first) & (0xff_u64 >> length);
    let value = bytes.get(1..length)?.iter().fold(start, |value, byte| value << 8 | u64::from(*byte));
    let unknown = (1_u64 << (7 * length)) - 1;
    Some(((value != unknown).then_some(value), length))
}

/// An OGG file being written.
#[derive(Default)]
struct Ogg {
    bytes: Vec<u8>,
    pages: u32,
}

impl Ogg {
    /// Any number; one file has one stream.
    const SERIAL: u32 = 0x5245_4341;

    fn page(&mut self, packets: &[&[u8]], granule: u64, flags: u8) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(b"OggS\0");
        self.bytes.push(flags);
        self.bytes.extend_from_slice(&granule.to_le_bytes());
        self.bytes.extend_from_slice(&Self::SERIAL.to_le_bytes());
        self.bytes.extend_from_slice(&self.pages.to_le_bytes());
        self.bytes.extend_from_slice(&[0; 4]);
        let mut lacing = Vec::new();
        for packet in packets {
            lacing.resize(lacing.len() + packet.len() / 255, 255);
            lacing.push((packet.len() % 255) as u8);
        }
        self.bytes.push(lacing.len() as u8);
        self.bytes.extend_from_slice(&lacing);
        for packet in packets {
            self.bytes.extend_from_slice(packet);
        }
        let sum = crc(&self.bytes[start..]);
        self.bytes[start + 22..start + 26].copy_from_slice(&sum.to_le_bytes());
        self.pages += 1;
    }
}

/// The checksum of a page whose own field is zero (RFC 3533, section 6): polynomial 0x04c11db7, neither reflected nor inverted.
fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| if sum & 0x8000_0000 == 0 { sum << 1 } else { (sum << 1) ^ 0x04c1_1db7 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a recorder writes, in small: unknown sizes, one track, two clusters.
    fn recording(packets: &[&[u8]]) -> Vec<u8> {
        let sized = |id: &[u8], body: &[u8]| {
            let mut out = id.to_vec();
            out.extend_from_slice(&(0x1000_0000_u32 | body.len() as u32).to_be_bytes());
            out.extend_from_slice(body);
            out
        };
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend_from_slice(&312_u16.to_le_bytes());
        head.extend_from_slice(&48_000_u32.to_le_bytes());
        head.extend_from_slice(&[0, 0, 0]);
        let track = sized(&[0xAE], &[sized(&[0xD7], &[1]), sized(&[0x63, 0xA2], &head)].concat());
        let mut out = sized(&[0x1A, 0x45, 0xDF, 0xA3], b"");
        out.extend_from_slice(&[0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        out.extend_from_slice(&sized(&[0x16, 0x54, 0xAE, 0x6B], &track));
        for cluster in packets.chunks(2) {
            let blocks: Vec<u8> = cluster.iter().flat_map(|packet| sized(&[0xA3], &[&[0x81, 0, 0, 0x80], *packet].concat())).collect();
            out.extend_from_slice(&sized(&[0x1F, 0x43, 0xB6, 0x75], &[sized(&[0xE7], &[0]), blocks].concat()));
        }
        out
    }

    #[test]
    fn packets_pass_unchanged_and_the_length_is_counted() {
        // 20 ms SILK frames (configuration 1), one of them longer than a segment.
        let long = [&[0x08][..], &[7; 600]].concat();
        let packets: Vec<&[u8]> = vec![&[0x08, 1, 2], &long, &[0x08, 3], &[0x08, 4]];
        let voice = ogg_of_webm(&recording(&packets)).unwrap();
        assert_eq!(voice.duration, (4 * 960 - 312) * 1000 / 48_000);
        let pages = voice.ogg.windows(5).filter(|w| *w == b"OggS\0").count();
        assert_eq!(pages, 3, "head, tags, and one page of sound");
        for packet in packets {
            assert!(voice.ogg.windows(packet.len()).any(|window| window == packet));
        }
        let last = voice.ogg.windows(5).rposition(|w| w == b"OggS\0").unwrap();
        let mut page = voice.ogg[last..].to_vec();
        assert_eq!(page[5], 0x04, "the last page says so");
        let sum = u32::from_le_bytes(page[22..26].try_into().unwrap());
        page[22..26].fill(0);
        assert_eq!(crc(&page), sum);
    }

    #[test]
    fn what_is_no_recording_is_left_alone() {
        for bytes in [&b""[..], b"RIFF....WAVE", &[0x1A, 0x45, 0xDF, 0xA3, 0xff], &recording(&[])] {
            assert_eq!(ogg_of_webm(bytes), None);
        }
        // Cut anywhere, it never panics.
        let whole = recording(&[&[0x08, 1], &[0x0b]]);
        for end in 0..whole.len() {
            let _ = ogg_of_webm(&whole[..end]);
        }
    }
}
