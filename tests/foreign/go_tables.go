// Prints tables of Go's tests as JSON: go run go_tables.go FILE:NAME...
//
// NAME is a variable of the file, or FUNCTION.VARIABLE of a table inside a test. A composite literal becomes an object if it
// has keys, and a list if it does not. A string becomes {"hex": ...}, because JSON cannot hold any byte. An expression that
// this program does not understand becomes null.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
)

var constants = map[string]any{
	"StatusOK": 200, "StatusPartialContent": 206, "StatusRequestedRangeNotSatisfiable": 416,
	"noError": "", "noBodyStr": "", "testFileLen": 11, "true": true, "false": false,
}

func operate(operator token.Token, left, right any) any {
	if a, ok := left.(string); ok {
		if b, ok := right.(string); ok && operator == token.ADD {
			return a + b
		}
	}
	a, isA := left.(int)
	b, isB := right.(int)
	if !isA || !isB {
		return nil
	}
	switch operator {
	case token.ADD:
		return a + b
	case token.SUB:
		return a - b
	case token.SHL:
		return a << b
	}
	return nil
}

func call(expression *ast.CallExpr) any {
	var arguments []any
	for _, one := range expression.Args {
		arguments = append(arguments, value(one))
	}
	name := ""
	switch function := expression.Fun.(type) {
	case *ast.Ident:
		name = function.Name
	case *ast.SelectorExpr:
		name = function.Sel.Name
	}
	if name == "Repeat" && len(arguments) == 2 {
		return strings.Repeat(arguments[0].(string), arguments[1].(int))
	}
	if name == "reqBytes" { // the helper of readrequest_test.go: ends the lines with CRLF, and the head with an empty line
		return strings.ReplaceAll(strings.TrimSpace(arguments[0].(string)), "\n", "\r\n") + "\r\n\r\n"
	}
	return nil
}

func composite(literal *ast.CompositeLit) any {
	object := map[string]any{}
	list := []any{}
	_, indexed := literal.Type.(*ast.ArrayType)
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			list = append(list, encoded(value(element)))
			continue
		}
		if indexed {
			list = append(list, encoded(value(pair.Value)))
		} else if field, ok := pair.Key.(*ast.Ident); ok {
			object[field.Name] = encoded(value(pair.Value))
		} else if key, ok := value(pair.Key).(string); ok {
			object[key] = encoded(value(pair.Value))
		}
	}
	if len(object) > 0 {
		return object
	}
	return list
}

func value(expression ast.Expr) any {
	switch e := expression.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value)
			return text
		}
		number, err := strconv.Atoi(e.Value)
		if err != nil {
			return nil
		}
		return number
	case *ast.Ident:
		return constants[e.Name]
	case *ast.ParenExpr:
		return value(e.X)
	case *ast.BinaryExpr:
		return operate(e.Op, value(e.X), value(e.Y))
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return value(e.X)
		}
		if number, ok := value(e.X).(int); ok && e.Op == token.SUB {
			return -number
		}
	case *ast.CallExpr:
		return call(e)
	case *ast.CompositeLit:
		return composite(e)
	}
	return nil
}

func encoded(v any) any {
	if text, ok := v.(string); ok {
		return map[string]string{"hex": hex.EncodeToString([]byte(text))}
	}
	return v
}

// The initial value of the variable in the file or in the function.
func find(file *ast.File, function, name string) (found ast.Expr) {
	for _, declaration := range file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok != (function != "") || ok && f.Name.Name != function {
			continue
		}
		ast.Inspect(declaration, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.ValueSpec:
				if n.Names[0].Name == name && len(n.Values) == 1 {
					found = n.Values[0]
				}
			case *ast.AssignStmt:
				if left, ok := n.Lhs[0].(*ast.Ident); ok && left.Name == name && found == nil {
					found = n.Rhs[0]
				}
			}
			return found == nil
		})
	}
	return found
}

func main() {
	tables := map[string]any{}
	for _, argument := range os.Args[1:] {
		path, name, _ := strings.Cut(argument, ":")
		function, variable, inside := strings.Cut(name, ".")
		if !inside {
			function, variable = "", name
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if table := find(file, function, variable); table != nil {
			tables[name] = value(table)
		}
	}
	json.NewEncoder(os.Stdout).Encode(tables)
}
