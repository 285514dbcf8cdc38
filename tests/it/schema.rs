//! The schema as a file, and what every field of it must have.
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

#[test]
fn schema_graphql_is_that_of_the_code() {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql")).expect("schema.graphql");
    assert!(kept == shangyi::graphql::sdl(), "schema.graphql is stale; refresh it: cargo run -- schema > schema.graphql");
}

#[test]
fn every_type_field_argument_and_value_says_what_it_means() {
    let schema = parse_schema(shangyi::graphql::sdl()).expect("the schema parses");
    let mut silent = Vec::new();
    for definition in schema.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let (definition, name) = (&definition.node, definition.node.name.node.to_string());
        // Made by the library, and known to everyone who has read of connections.
        if name.ends_with("Connection") || name.ends_with("Edge") || name == "PageInfo" {
            continue;
        }
        if definition.description.is_none() && !matches!(definition.kind, TypeKind::Scalar) && !["Query", "Mutation"].contains(&name.as_str()) {
            silent.push(name.clone());
        }
        let fields = match &definition.kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            TypeKind::Enum(values) => {
                silent.extend(
                    values.values.iter().filter(|value| value.node.description.is_none()).map(|value| format!("{name}.{}", value.node.value.node)),
                );
                continue;
            }
            TypeKind::InputObject(input) => {
                silent.extend(
                    input.fields.iter().filter(|field| field.node.description.is_none()).map(|field| format!("{name}.{}", field.node.name.node)),
                );
                continue;
            }
            _ => continue,
        };
        for field in fields {
            let path = format!("{name}.{}", field.node.name.node);
            let arguments = field.node.arguments.iter().filter(|argument| argument.node.description.is_none());
            silent.extend(arguments.map(|argument| format!("{path}({})", argument.node.name.node)));
            if field.node.description.is_none() {
                silent.push(path);
            }
        }
    }
    assert!(silent.is_empty(), "without a description: {silent:#?}");
}
