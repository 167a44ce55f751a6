package csaf

// Tree is the product tree (CSAF 2.0, Section 3.2.2).
type Tree struct {
	Branches      []Branch       `json:"branches"`
	Products      []Product      `json:"full_product_names"`
	Groups        []Group        `json:"product_groups"`
	Relationships []Relationship `json:"relationships"` // 2.0
	Paths         []ProductPath  `json:"product_paths"` // 2.1, in place of relationships
}

// Branch is one node of the tree: it has more branches or a product, and in
// damaged documents both or none (Section 3.1.2).
type Branch struct {
	Category string   `json:"category"` // vendor, product_name, product_version_range, ...
	Name     string   `json:"name"`
	Branches []Branch `json:"branches"`
	Product  Product  `json:"product"`
}

// Branch categories (Section 3.1.2.2); 2.1 adds platform.
const (
	Vendor        = "vendor"
	ProductFamily = "product_family"
	ProductName   = "product_name"
	Version       = "product_version"
	VersionRange  = "product_version_range"
	PatchLevel    = "patch_level"
	ServicePack   = "service_pack"
	Architecture  = "architecture"
	HostName      = "host_name"
	Language      = "language"
	Legacy        = "legacy"
	Platform      = "platform"
	Specification = "specification"
)

// Product is a full product name (Section 3.1.3). Zero means none.
type Product struct {
	ID     string `json:"product_id"`
	Name   string `json:"name"`
	Helper Helper `json:"product_identification_helper"`
}

// Zero tells whether there is no product here.
func (p Product) Zero() bool { return p.ID == "" && p.Name == "" }

// Helper holds further ways to recognise a product (Section 3.1.3.3).
type Helper struct {
	CPE     string       `json:"cpe"`
	PURL    string       `json:"purl"`  // 2.0
	PURLs   []string     `json:"purls"` // 2.1
	Models  []string     `json:"model_numbers"`
	SKUs    []string     `json:"skus"`
	Serials []string     `json:"serial_numbers"`
	SBOMs   []string     `json:"sbom_urls"`
	Hashes  []FileDigest `json:"hashes"`
	URIs    []GenericURI `json:"x_generic_uris"`
}

// FileDigest is the digests of one file of the product.
type FileDigest struct {
	Filename string   `json:"filename"`
	Digests  []Digest `json:"file_hashes"`
}

// Digest is one digest.
type Digest struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"value"`
}

// GenericURI is an identifier of another scheme.
type GenericURI struct {
	Namespace string `json:"namespace"`
	URI       string `json:"uri"`
}

// Group names a list of products (Section 3.2.2.3).
type Group struct {
	ID       string   `json:"group_id"`
	Products []string `json:"product_ids"`
	Summary  string   `json:"summary"`
}

// Relationship makes a product of two others (Section 3.2.2.4).
type Relationship struct {
	Category  string  `json:"category"` // installed_on, default_component_of, ...
	Product   Product `json:"full_product_name"`
	Reference string  `json:"product_reference"`
	RelatesTo string  `json:"relates_to_product_reference"`
}

// ProductPath makes a product of a first product and the steps from it (2.1).
type ProductPath struct {
	Beginning string    `json:"beginning_product_reference"`
	Product   Product   `json:"full_product_name"`
	Steps     []Subpath `json:"subpaths"`
}

// Subpath is one step of a ProductPath.
type Subpath struct {
	Category string `json:"category"`
	Next     string `json:"next_product_reference"`
}
