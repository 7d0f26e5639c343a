//! How many rows travel in one statement to a networked database.

use super::value::Value;

/// Octets of one statement, but for a row that is larger.
const STATEMENT: usize = 1024 * 1024;
/// Rows of one statement; few sizes, so that few statements are prepared.
const TOGETHER: [usize; 3] = [64, 8, 1];

/// How many of the rows go into the next statement.
pub(crate) fn together(rows: &[Vec<Value>]) -> usize {
    let mut sum = 0;
    let fit = rows.iter().take(TOGETHER[0]).take_while(|row| {
        sum += octets(row);
        sum <= STATEMENT
    });
    let fit = fit.count();
    TOGETHER.into_iter().find(|size| *size <= fit).unwrap_or(1)
}

/// How long a row is in a statement, about.
pub(crate) fn octets(row: &[Value]) -> usize {
    let octets = row.iter().map(|value| match value {
        Value::Null | Value::Int(_) => 8,
        Value::Blob(octets) => octets.len(),
        Value::Text(text) => text.len(),
    });
    octets.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_sizes_within_the_octets_of_a_statement() {
        let rows = |count: usize, octets: usize| vec![vec![Value::Blob(vec![0; octets])]; count];
        assert_eq!([0, 1, 7, 8, 63, 64, 200].map(|count| together(&rows(count, 10))), [1, 1, 1, 8, 8, 64, 64]);
        assert_eq!(together(&rows(64, STATEMENT / 10)), 8);
        assert_eq!(together(&rows(64, STATEMENT + 1)), 1, "a row that is larger goes alone");
    }
}
