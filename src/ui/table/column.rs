//! Columns of a list, and how they behave on a narrow screen.

/// A column of a list.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The heading, in capitals.
    pub title: &'static str,
    /// Only shown by `-o wide`.
    pub wide: bool,
    /// Never cut: ids and names that people copy.
    pub whole: bool,
    /// Cut in front: what tells such names apart is their end.
    pub tail: bool,
    /// Numbers stand right, and are whole.
    pub right: bool,
    /// Sentences: what does not fit goes on in the next line.
    pub wraps: bool,
    /// Such sentences that go below their row where there is too little room beside the others.
    pub folds: bool,
    /// Commands that stand unbroken below their row, under its sentence, where the row has no room for them beside that.
    pub drops: bool,
    /// Left out on a screen when every row says just this.
    pub usual: Option<&'static str>,
    /// Order in which columns are left out on a narrow screen, the highest first; 0 is never left out.
    pub rank: u8,
    /// The unit of its numbers, which stands in the heading for machines: for people it stands beside each number.
    pub unit: Option<&'static str>,
}

/// A column with this heading.
#[must_use]
pub const fn column(title: &'static str) -> Column {
    Column {
        title,
        wide: false,
        whole: false,
        tail: false,
        right: false,
        wraps: false,
        folds: false,
        drops: false,
        usual: None,
        rank: 0,
        unit: None,
    }
}

impl Column {
    /// Only with `-o wide`.
    #[must_use]
    pub const fn wide(self) -> Self {
        Column { wide: true, ..self }
    }

    /// Never cut.
    #[must_use]
    pub const fn whole(self) -> Self {
        Column { whole: true, ..self }
    }

    /// Cut in front, and only where what else is cut leaves no room: the end of these names tells them apart.
    #[must_use]
    pub const fn tail(self) -> Self {
        Column { tail: true, ..self }
    }

    /// Aligned right, and never cut: a number without its end is another one.
    #[must_use]
    pub const fn right(self) -> Self {
        Column { right: true, whole: true, ..self }
    }

    /// Wrapped instead of cut.
    #[must_use]
    pub const fn wraps(self) -> Self {
        Column { wraps: true, ..self }
    }

    /// Wrapped instead of cut, below the row where there is too little room beside the others.
    #[must_use]
    pub const fn folds(self) -> Self {
        Column { wraps: true, folds: true, ..self }
    }

    /// Never cut, and below the row where that has no room for it and its sentence stands there too.
    #[must_use]
    pub const fn drops(self) -> Self {
        Column { whole: true, drops: true, ..self }
    }

    /// Left out on a screen when every row says just this.
    #[must_use]
    pub const fn usual(self, value: &'static str) -> Self {
        Column { usual: Some(value), ..self }
    }

    /// Numbers of this unit, in capitals as the heading is.
    #[must_use]
    pub const fn unit(self, unit: &'static str) -> Self {
        Column { unit: Some(unit), ..self }
    }

    /// Left out early on a narrow screen, the highest rank first.
    #[must_use]
    pub const fn rank(self, rank: u8) -> Self {
        Column { rank, ..self }
    }
}
