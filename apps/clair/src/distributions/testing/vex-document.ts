/** What Red Hat says of one package in one product. */
export interface VexStatement {
  readonly product: keyof typeof PRODUCTS;
  /** A package URL as Red Hat writes it: `pkg:rpm/redhat/curl@7.76.1-29.el9_4?arch=x86_64`. */
  readonly purl: string;
  readonly status: 'fixed' | 'known_affected' | 'known_not_affected' | 'under_investigation';
  /** The remediation: an erratum's number, or Red Hat's words for there being none. */
  readonly remedy?: string;
  /** Red Hat's word for this product, where it is another than the document's. */
  readonly impact?: string;
}

export interface VexFlaw {
  readonly cve: string;
  readonly severity: 'Low' | 'Moderate' | 'Important' | 'Critical';
  readonly statements: readonly VexStatement[];
}

/** Products by the ids that Red Hat gives them. */
const PRODUCTS = {
  'BaseOS-9.4.0.Z.MAIN.EUS': 'cpe:/o:redhat:enterprise_linux:9::baseos',
  'AppStream-9.4.0.Z.MAIN.EUS': 'cpe:/a:redhat:enterprise_linux:9::appstream',
  'BaseOS-9.2.0.Z.EUS': 'cpe:/o:redhat:rhel_eus:9.2::baseos',
  'AppStream-8.10.0.Z.MAIN.EUS': 'cpe:/a:redhat:enterprise_linux:8::appstream',
  red_hat_enterprise_linux_7: 'cpe:/o:redhat:enterprise_linux:7',
  red_hat_enterprise_linux_9: 'cpe:/o:redhat:enterprise_linux:9',
} as const;

/**
 * A VEX document as Red Hat publishes one per CVE.
 * @see https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/
 */
export function vexDocument({ cve, severity, statements }: VexFlaw): string {
  const withIds = statements.map((statement) => ({ ...statement, id: `${statement.product}:${statement.purl}` }));
  const idsWith = (status: VexStatement['status']): string[] =>
    withIds.filter((one) => one.status === status).map(({ id }) => id);
  return JSON.stringify({
    document: {
      aggregate_severity: { namespace: 'https://access.redhat.com/security/updates/classification/', text: severity },
      category: 'csaf_vex',
      csaf_version: '2.0',
      publisher: { category: 'vendor', name: 'Red Hat Product Security', namespace: 'https://www.redhat.com' },
      title: `${cve}: a flaw`,
      tracking: {
        id: cve,
        status: 'final',
        version: '1',
        initial_release_date: '2024-01-22T00:00:00+00:00',
        current_release_date: '2024-05-01T00:00:00+00:00',
      },
    },
    product_tree: {
      branches: [{ category: 'vendor', name: 'Red Hat', branches: branches(statements) }],
      relationships: withIds.map(relationship),
    },
    vulnerabilities: [
      {
        cve,
        notes: [{ category: 'description', text: 'A flaw.' }],
        product_status: {
          fixed: idsWith('fixed'),
          known_affected: idsWith('known_affected'),
          known_not_affected: idsWith('known_not_affected'),
          under_investigation: idsWith('under_investigation'),
        },
        remediations: withIds.flatMap(({ remedy, id }) => (remedy === undefined ? [] : [remediation(remedy, id)])),
        threats: withIds.flatMap(({ impact, id }) =>
          impact === undefined ? [] : [{ category: 'impact', details: impact, product_ids: [id] }],
        ),
      },
    ],
  });
}

function branches(statements: readonly VexStatement[]): object[] {
  const products = Object.entries(PRODUCTS).map(([product_id, cpe]) => ({
    category: 'product_name',
    name: product_id,
    product: { name: product_id, product_id, product_identification_helper: { cpe } },
  }));
  const packages = [...new Set(statements.map(({ purl }) => purl))].map((purl) => ({
    category: 'product_version',
    name: purl,
    product: { name: purl, product_id: purl, product_identification_helper: { purl } },
  }));
  return [
    { category: 'product_family', name: 'Red Hat Enterprise Linux', branches: products },
    { category: 'architecture', name: 'packages', branches: packages },
  ];
}

function relationship({ product, purl, id }: VexStatement & { readonly id: string }): object {
  return {
    category: 'default_component_of',
    full_product_name: { name: `${purl} as a component of ${product}`, product_id: id },
    product_reference: purl,
    relates_to_product_reference: product,
  };
}

function remediation(remedy: string, id: string): object {
  const product_ids = [id];
  if (/^RH[SBE]A-/.test(remedy))
    return {
      category: 'vendor_fix',
      details: 'For details …',
      product_ids,
      url: `https://access.redhat.com/errata/${remedy}`,
    };
  const category = /^(?:Affected|Fix deferred)$/.test(remedy) ? 'none_available' : 'no_fix_planned';
  return { category, details: remedy, product_ids };
}
