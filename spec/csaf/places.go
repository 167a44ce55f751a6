package csaf

import (
	"iter"
	"strconv"
)

// Place is a product with its way from the root of the tree.
type Place struct {
	Pointer  string   // JSON pointer of the full product name
	Branches []Branch // from the root; only Category and Name are of use; valid during the step
	Product  Product
	Parts    []string // product ids a relationship joins, the component first
	Relation string   // category of the relationship or of the first step of the path
}

// Places gives every product of the tree in document order: branches, full
// product names, relationships, paths.
func (t Tree) Places() iter.Seq[Place] {
	return func(yield func(Place) bool) {
		if !walk(t.Branches, "/product_tree/branches", nil, yield) {
			return
		}
		for i, p := range t.Products {
			if !yield(Place{Pointer: "/product_tree/full_product_names/" + strconv.Itoa(i), Product: p}) {
				return
			}
		}
		for i, r := range t.Relationships {
			p := Place{Product: r.Product, Parts: []string{r.Reference, r.RelatesTo}, Relation: r.Category}
			p.Pointer = "/product_tree/relationships/" + strconv.Itoa(i) + "/full_product_name"
			if !yield(p) {
				return
			}
		}
		for i, path := range t.Paths {
			p := Place{Product: path.Product, Parts: []string{path.Beginning}}
			p.Pointer = "/product_tree/product_paths/" + strconv.Itoa(i) + "/full_product_name"
			for _, step := range path.Steps {
				p.Parts = append(p.Parts, step.Next)
			}
			if len(path.Steps) > 0 {
				p.Relation = path.Steps[0].Category
			}
			if !yield(p) {
				return
			}
		}
	}
}

func walk(branches []Branch, pointer string, above []Branch, yield func(Place) bool) bool {
	for i, b := range branches {
		here := pointer + "/" + strconv.Itoa(i)
		way := append(above[:len(above):len(above)], b)
		if !b.Product.Zero() && !yield(Place{Pointer: here + "/product", Branches: way, Product: b.Product}) {
			return false
		}
		if !walk(b.Branches, here+"/branches", way, yield) {
			return false
		}
	}
	return true
}
