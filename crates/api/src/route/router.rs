//! From method and path to operation.

use std::collections::BTreeMap;

use http::Method;

use super::Operation;
use crate::answer::Refusal;

/// The operations by path, then method.
pub(crate) struct Router {
    paths: matchit::Router<Vec<usize>>,
    operations: Vec<Operation>,
}

/// What a path leads to.
pub(crate) struct Found<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) path: Vec<(String, String)>,
}

impl Router {
    /// A router of these operations. Two of one path must differ in method, and no path may hide another: both are held by
    /// a test over the real table, and here the later one is left out.
    pub(crate) fn new(operations: Vec<Operation>) -> Self {
        let mut by_path: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
        for (n, operation) in operations.iter().enumerate() {
            by_path.entry(operation.path).or_default().push(n);
        }
        let mut paths = matchit::Router::new();
        for (path, numbers) in by_path {
            if let Err(error) = paths.insert(path, numbers) {
                tracing::error!(path, %error, "a route was left out");
            }
        }
        Self { paths, operations }
    }

    /// The operation at this path for this method; `HEAD` is `GET` without the body.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Result<Found<'_>, Refusal> {
        let matched = self.paths.at(path).map_err(|_| Refusal::from(rolo_core::Error::NotFound))?;
        let here = || matched.value.iter().filter_map(|n| self.operations.get(*n));
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        match here().find(|operation| operation.method == wanted) {
            Some(operation) => {
                let path = matched.params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                Ok(Found { operation, path })
            }
            None => {
                let mut allow: Vec<&str> = here().map(|operation| operation.method.as_str()).collect();
                if allow.contains(&"GET") {
                    allow.push("HEAD");
                }
                Err(Refusal::method(&allow.join(", ")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn router() -> Router {
        Router::new(crate::route::operations().into_iter().flat_map(|(_, operations)| operations).collect())
    }

    #[test]
    fn every_operation_is_found_where_it_says() {
        let router = router();
        let mut ids = BTreeSet::new();
        for operation in &router.operations {
            let path = operation.path.replace(['{', '}'], "");
            let found = router.find(&operation.method, &path).ok().unwrap();
            assert_eq!(found.operation.id, operation.id, "{path} is hidden by another route");
            assert!(ids.insert(operation.id), "two operations are called {}", operation.id);
        }
        assert!(ids.len() > 60);
    }

    #[test]
    fn another_method_is_told_which_ones_there_are() {
        let refusal = router().find(&Method::PATCH, "/v1/contacts").err().unwrap();
        let answer = refusal.answer();
        assert_eq!((answer.status.as_u16(), answer.headers["allow"].to_str().unwrap()), (405, "GET, POST, HEAD"));
        assert_eq!(router().find(&Method::GET, "/v1/nothing").err().unwrap().answer().status, 404);
    }
}
