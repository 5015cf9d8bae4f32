package config

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// Print returns everything that is in force as one YAML file: what was given, and what came from the default. It reads
// back as the same configuration. It holds no secret: those are in files and in the environment, and the values of headers
// that usually carry one are hidden.
func (c *Config) Print() ([]byte, error) {
	return yaml.Dump(printable(c.root, false))
}

// printable copies a tree without comments, anchors and aliases, in one style.
func printable(n *yaml.Node, hide bool) *yaml.Node {
	n = resolve(n)
	out := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle)}
	if hide && n.Kind == yaml.ScalarNode {
		out.Value, out.Style = hidden, yaml.DoubleQuotedStyle
	}
	for i, c := range n.Content {
		switch value := i%2 == 1; {
		case n.Kind != yaml.MappingNode:
			out.Content = append(out.Content, printable(c, hide))
		case value:
			out.Content = append(out.Content, printable(c, hide || sensitive(n.Content[i-1].Value)))
		default:
			out.Content = append(out.Content, printable(c, false))
		}
	}
	return out
}

// sensitive says whether a header of this name usually carries a secret. No key of the format does: those that hold one of
// these words name where a secret is.
func sensitive(name string) bool {
	if name == "client_secret_file" || name == "client_secret_env" {
		return false
	}
	name = strings.ToLower(name)
	for _, word := range []string{"authorization", "cookie", "token", "secret", "password", "api-key", "apikey"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
