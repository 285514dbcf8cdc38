//! Limits on the shape of a document, counted before validation: a fragment is counted once and remembered, so nested
//! fragments cost no more to count than to write.
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, FragmentDefinition, InlineFragment, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use std::collections::{HashMap, HashSet};

/// The deepest nesting of brackets in a document; the parser itself has no limit.
const NESTING: usize = 200;
/// Aliases in one operation.
const ALIASES: u64 = 15;
/// Directives in one operation.
const DIRECTIVES: u64 = 20;
/// Fields of the root.
const ROOTS: usize = 10;
/// Fields once every fragment is spread out.
const FIELDS: u64 = 5_000;
/// Depth where only `__schema` and `__type` are asked for.
const INTROSPECTION_DEPTH: u32 = 20;

/// What is too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TooMuch {
    Nesting,
    Depth(u32),
    Aliases,
    Directives,
    Roots,
    Fields,
    Cycle,
    Introspection,
    SameRootTwice,
}

/// Refuses a text nested deeper than any operation could be, before it is parsed.
pub(super) fn nesting(text: &str) -> Result<(), TooMuch> {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NESTING {
            return Err(TooMuch::Nesting);
        }
    }
    Ok(())
}

/// The operation that will be executed; `None` where the request does not say which.
pub(super) fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Multiple(named), Some(name)) => named.get(name).map(|operation| &operation.node),
        (DocumentOperations::Multiple(named), None) if named.len() == 1 => named.values().next().map(|operation| &operation.node),
        _ => None,
    }
}

/// Whether an operation asks for that root field and for nothing else.
pub(super) fn asks_only(operation: &OperationDefinition, field: &str) -> bool {
    let selected = &operation.selection_set.node.items;
    !selected.is_empty() && selected.iter().all(|item| matches!(&item.node, Selection::Field(asked) if asked.node.name.node == field))
}

/// Checks every operation of a document.
pub(super) fn check(document: &ExecutableDocument, max_depth: u32, introspection: bool) -> Result<(), TooMuch> {
    let mut walk = Walk { document, fragments: HashMap::new() };
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        // Counted before anything walks the fragments once per spread.
        let sum = walk.set(&operation.selection_set.node, 0)?;
        if sum.fields > FIELDS {
            return Err(TooMuch::Fields);
        }
        let mut roots = Vec::new();
        walk.roots(&operation.selection_set.node, &mut roots, 0)?;
        if roots.len() > ROOTS {
            return Err(TooMuch::Roots);
        }
        let asks_schema = |name: &&str| matches!(*name, "__schema" | "__type");
        if !introspection && roots.iter().any(|(name, _)| asks_schema(name)) {
            return Err(TooMuch::Introspection);
        }
        if operation.ty == OperationType::Mutation {
            // The same mutation twice under one name would run twice and answer once.
            let mut keys: Vec<&str> = roots.iter().map(|(_, key)| *key).collect();
            keys.sort_unstable();
            if keys.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(TooMuch::SameRootTwice);
            }
        }
        let only_schema = !roots.is_empty() && roots.iter().all(|(name, _)| asks_schema(name) || *name == "__typename");
        let deepest = if only_schema { INTROSPECTION_DEPTH.max(max_depth) } else { max_depth };
        let own = operation.directives.len() as u64 + operation.variable_definitions.iter().map(|v| v.node.directives.len() as u64).sum::<u64>();
        if sum.depth > deepest {
            return Err(TooMuch::Depth(deepest));
        }
        if sum.aliases > ALIASES {
            return Err(TooMuch::Aliases);
        }
        if sum.directives.saturating_add(own) > DIRECTIVES {
            return Err(TooMuch::Directives);
        }
    }
    // Fragments nobody spreads are validated too.
    for name in document.fragments.keys() {
        if walk.fragment(name.as_str(), 0)?.fields > FIELDS {
            return Err(TooMuch::Fields);
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Sum {
    fields: u64,
    aliases: u64,
    directives: u64,
    depth: u32,
}

fn one_more(sum: Sum) -> Sum {
    Sum { fields: sum.fields.saturating_add(1), ..sum }
}

/// Puts every fragment where it is spread: async-graphql prices a named fragment on an interface as if its fields cost
/// one each. Only after [`check`], which bounds what comes of it.
pub(super) fn spread_out(document: &mut ExecutableDocument) {
    let fragments = document.fragments.clone();
    let mut used = HashSet::new();
    match &mut document.operations {
        DocumentOperations::Single(operation) => put_in(&mut operation.node.selection_set.node, &fragments, &mut used),
        DocumentOperations::Multiple(named) => {
            named.values_mut().for_each(|operation| put_in(&mut operation.node.selection_set.node, &fragments, &mut used));
        }
    }
    // Those nobody spreads stay: validation says so.
    document.fragments.retain(|name, _| !used.contains(name));
}

fn put_in(set: &mut SelectionSet, fragments: &HashMap<Name, Positioned<FragmentDefinition>>, used: &mut HashSet<Name>) {
    for item in &mut set.items {
        if let Selection::FragmentSpread(spread) = &item.node
            && let Some(fragment) = fragments.get(&spread.node.fragment_name.node)
        {
            used.insert(spread.node.fragment_name.node.clone());
            let inline = InlineFragment {
                type_condition: Some(fragment.node.type_condition.clone()),
                directives: spread.node.directives.clone(),
                selection_set: fragment.node.selection_set.clone(),
            };
            item.node = Selection::InlineFragment(Positioned::new(inline, spread.pos));
        }
        match &mut item.node {
            Selection::Field(field) => put_in(&mut field.node.selection_set.node, fragments, used),
            Selection::InlineFragment(fragment) => put_in(&mut fragment.node.selection_set.node, fragments, used),
            Selection::FragmentSpread(_) => {}
        }
    }
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    /// `None` while it is being counted: meeting it again is a cycle.
    fragments: HashMap<&'a str, Option<Sum>>,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet, level: u32) -> Result<Sum, TooMuch> {
        if level > 64 {
            return Err(TooMuch::Nesting);
        }
        let mut sum = Sum::default();
        for item in &set.items {
            sum.directives = sum.directives.saturating_add(item.node.directives().len() as u64);
            let part = match &item.node {
                Selection::Field(field) => {
                    let mut part = self.set(&field.node.selection_set.node, level + 1)?;
                    part.fields = part.fields.saturating_add(1);
                    part.depth += 1;
                    part.aliases = part.aliases.saturating_add(u64::from(field.node.alias.is_some()));
                    part
                }
                // A spread counts as one itself, or fragments that hold nothing but spreads would cost nothing.
                Selection::InlineFragment(fragment) => one_more(self.set(&fragment.node.selection_set.node, level + 1)?),
                Selection::FragmentSpread(spread) => one_more(self.fragment(spread.node.fragment_name.node.as_str(), level + 1)?),
            };
            sum.fields = sum.fields.saturating_add(part.fields);
            sum.aliases = sum.aliases.saturating_add(part.aliases);
            sum.directives = sum.directives.saturating_add(part.directives);
            sum.depth = sum.depth.max(part.depth);
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &'a str, level: u32) -> Result<Sum, TooMuch> {
        if let Some(counted) = self.fragments.get(name) {
            return counted.ok_or(TooMuch::Cycle);
        }
        // One that is not there is validation's to name.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Sum::default()) };
        self.fragments.insert(name, None);
        let sum = self.set(&fragment.node.selection_set.node, level)?;
        self.fragments.insert(name, Some(sum));
        Ok(sum)
    }

    /// Name and response key of every root field, through fragments.
    fn roots(&self, set: &'a SelectionSet, found: &mut Vec<(&'a str, &'a str)>, level: u32) -> Result<(), TooMuch> {
        if level > 32 || found.len() > ROOTS {
            return if level > 32 { Err(TooMuch::Nesting) } else { Err(TooMuch::Roots) };
        }
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => found.push((field.node.name.node.as_str(), field.node.response_key().node.as_str())),
                Selection::InlineFragment(fragment) => self.roots(&fragment.node.selection_set.node, found, level + 1)?,
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(spread.node.fragment_name.node.as_str()) {
                        self.roots(&fragment.node.selection_set.node, found, level + 1)?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn checked(text: &str) -> Result<(), TooMuch> {
        nesting(text)?;
        check(&parse_query(text).unwrap(), 12, true)
    }

    #[test]
    fn ordinary_operations_pass() {
        for text in ["{ __typename }", "query A { a } query B { b }", "{ a { b { c } } ...F } fragment F on Query { d }", "mutation { a b: a }"] {
            assert_eq!(checked(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn each_limit_is_hit_by_its_attack() {
        let many = |n: usize, one: fn(usize) -> String| (0..n).map(one).collect::<String>();
        let fragments = (0..40).map(|n| format!("fragment F{n} on Query {{ a ...F{m} ...F{m} }}", m = n + 1)).collect::<String>();
        let attacks = [
            (format!("{{ {} }}", many(16, |n| format!("a{n}: a "))), TooMuch::Roots),
            (format!("{{ x {{ {} }} }}", many(16, |n| format!("a{n}: a "))), TooMuch::Aliases),
            (format!("{{ x {} }}", many(21, |_| "@skip(if: false) ".into())), TooMuch::Directives),
            (format!("{}a{}", "{ a ".repeat(14), " }".repeat(14)).replacen(" a ", " a ", 1), TooMuch::Depth(12)),
            (format!("{{ ...F0 }} {fragments} fragment F40 on Query {{ a }}"), TooMuch::Fields),
            (format!("{{ ...F0 }} {fragments} fragment F40 on Query {{ ...Nope }}"), TooMuch::Fields),
            (format!("{{ x {{ ...F0 }} }} {fragments} fragment F40 on Query {{ a }}"), TooMuch::Fields),
            ("{ x { ...A } } fragment A on X { b { ...B } } fragment B on X { c { ...A } }".into(), TooMuch::Cycle),
            ("mutation { pay { id } pay { name } }".into(), TooMuch::SameRootTwice),
            ("{".repeat(30_000), TooMuch::Nesting),
            ("[".repeat(30_000), TooMuch::Nesting),
        ];
        for (text, expected) in attacks {
            assert_eq!(checked(&text), Err(expected), "{}", &text[..Ord::min(text.len(), 120)]);
        }
        assert_eq!(check(&parse_query("{ __schema { types { name } } }").unwrap(), 12, false), Err(TooMuch::Introspection));
    }

    #[test]
    fn introspection_alone_may_go_deeper() {
        let deep = |root: &str| format!("{{ {root} {{ {}a{} }} }}", "a { ".repeat(14), " }".repeat(14));
        assert_eq!(checked(&deep("__schema")), Ok(()));
        assert_eq!(checked(&deep("topics")), Err(TooMuch::Depth(12)));
    }
}
