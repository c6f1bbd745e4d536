/** The page where the owner of a site decides about the scopes of an instance. */
export function approvalUrl(publicUrl: string, instanceId: string): string {
  return `${publicUrl}/installer/approve?instanceId=${instanceId}`;
}
