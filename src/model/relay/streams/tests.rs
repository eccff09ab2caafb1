use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

/// A client and a relay with their frames on the way, and what was said and heard on each stream.
struct Pair {
    sides: [Streams; 2],
    ways: [VecDeque<Frame>; 2],
    /// By side that sent it, stream and order: the sizes are all that matters.
    sent: [BTreeMap<u32, usize>; 2],
    heard: [BTreeMap<u32, usize>; 2],
    untaken: [BTreeMap<u32, usize>; 2],
    broken: Vec<u32>,
}

impl Pair {
    fn new() -> Self {
        Pair {
            sides: [Streams::new(Side::Client), Streams::new(Side::Relay)],
            ways: Default::default(),
            sent: Default::default(),
            heard: Default::default(),
            untaken: Default::default(),
            broken: Vec::new(),
        }
    }

    fn say(&mut self, side: usize, frame: Option<Frame>) -> bool {
        let said = frame.is_some();
        self.ways[side].extend(frame);
        said
    }

    fn act(&mut self, (what, side, stream, size): (u8, usize, u32, usize)) {
        match what {
            0 => {
                let (_, frame) = self.sides[0].open("80 127.0.0.1");
                self.say(0, Some(frame));
            }
            1..=3 => {
                let size = size.min(self.sides[side].room(stream));
                let frame = self.sides[side].send(stream, vec![0; size].into());
                if self.say(side, frame) {
                    *self.sent[side].entry(stream).or_default() += size;
                }
            }
            4 => {
                let size = self.untaken[side].remove(&stream).unwrap_or_default();
                let frame = self.sides[side].took(stream, size);
                self.say(side, frame);
            }
            5 => {
                let frame = self.sides[side].end(stream);
                self.say(side, frame);
            }
            6 => {
                let frame = self.sides[side].reset(stream);
                if self.say(side, frame) {
                    self.broken.push(stream);
                }
            }
            _ => self.deliver(side),
        }
    }

    /// One frame of this side arrives.
    fn deliver(&mut self, side: usize) {
        let Some(frame) = self.ways[side].pop_front() else { return };
        let other = 1 - side;
        match self.sides[other].heard(frame).unwrap() {
            Some(StreamEvent::Asked(stream, to)) => {
                assert_eq!(&to[..], b"80 127.0.0.1");
                let frame = if stream % 5 == 4 {
                    self.broken.push(stream);
                    self.sides[other].refuse(stream, "nobody")
                } else {
                    self.sides[other].connect(stream)
                };
                self.say(other, frame);
            }
            Some(StreamEvent::Data(stream, bytes)) => {
                *self.heard[side].entry(stream).or_default() += bytes.len();
                *self.untaken[other].entry(stream).or_default() += bytes.len();
            }
            _ => {}
        }
    }

    fn settle(&mut self) {
        while self.ways.iter().any(|w| !w.is_empty()) {
            self.deliver(0);
            self.deliver(1);
        }
    }
}

proptest! {
    #[test]
    fn neither_side_breaks_the_rules_and_what_was_sent_arrives(
        acts in proptest::collection::vec((0_u8..12, 0_usize..2, 1_u32..7, 0_usize..LARGEST), 0..300),
    ) {
        let mut pair = Pair::new();
        acts.into_iter().for_each(|act| pair.act(act));
        pair.settle();
        for side in 0..2 {
            for (stream, sent) in &pair.sent[side] {
                if !pair.broken.contains(stream) {
                    prop_assert_eq!(pair.heard[side].get(stream).unwrap_or(&0), sent);
                }
            }
        }
        // Both sides know the same streams, and once both have ended them, none.
        prop_assert_eq!(pair.sides[0].count(), pair.sides[1].count());
        for stream in 0..=pair.sides[0].last {
            pair.act((5, 0, stream, 0));
            pair.act((5, 1, stream, 0));
        }
        pair.settle();
        prop_assert_eq!((pair.sides[0].count(), pair.sides[1].count()), (0, 0));
    }

    #[test]
    fn no_frames_make_it_panic(letters in proptest::collection::vec((0_u8..10, 0_u32..4, any::<u32>()), 0..60)) {
        let mut client = Streams::new(Side::Client);
        client.open("1 127.0.0.1");
        client.open("2 127.0.0.1");
        for (letter, stream, number) in letters {
            let body = Bytes::from(vec![0; (number % 70_000) as usize]);
            let frame = match letter {
                0 => Frame::Hello(number),
                1 => Frame::Open(stream, body),
                2 => Frame::Opened(stream),
                3 => Frame::Refused(stream, body),
                4 => Frame::Data(stream, body),
                5 => Frame::End(stream),
                6 => Frame::Reset(stream),
                7 => Frame::Credit(stream, number),
                8 => Frame::Bye,
                _ => Frame::Ping,
            };
            drop(client.heard(frame));
            prop_assert!(client.count() <= 2);
        }
    }
}

#[test]
fn a_window_is_the_most_that_can_be_on_its_way() {
    let (mut pair, mut sent) = (Pair::new(), 0);
    pair.act((0, 0, 0, 0));
    assert_eq!(pair.sides[0].room(1), 0, "nothing is sent before the connection");
    pair.settle();
    while pair.sides[0].room(1) > 0 {
        pair.act((1, 0, 1, LARGEST));
        sent += LARGEST;
    }
    assert_eq!(sent, WINDOW as usize);
    pair.settle();
    assert_eq!(pair.sides[0].room(1), 0, "what arrived was not taken yet");
    pair.act((4, 1, 1, 0));
    pair.settle();
    assert_eq!(pair.sides[0].room(1), LARGEST);
}

#[test]
fn who_breaks_the_rules_is_found_out() {
    let open = || {
        let mut client = Streams::new(Side::Client);
        client.open("80 127.0.0.1");
        client
    };
    let body = || Bytes::from_static(b"x");
    assert!(open().heard(Frame::Hello(2)).is_err());
    assert!(open().heard(Frame::Open(2, body())).is_err());
    assert!(open().heard(Frame::Data(1, body())).is_err());
    assert!(open().heard(Frame::Data(2, body())).is_err());
    let mut client = open();
    assert_eq!(client.heard(Frame::Opened(1)), Ok(Some(StreamEvent::Opened(1))));
    assert!(client.heard(Frame::Opened(1)).is_err());
    assert!(client.heard(Frame::Credit(1, 1)).is_err());
    for _ in 0..WINDOW as usize / LARGEST {
        client.heard(Frame::Data(1, vec![0; LARGEST].into())).unwrap();
    }
    assert!(client.heard(Frame::Data(1, body())).is_err());
    assert_eq!(client.heard(Frame::End(1)), Ok(Some(StreamEvent::Ended(1))));
    assert!(client.heard(Frame::End(1)).is_err());
}
