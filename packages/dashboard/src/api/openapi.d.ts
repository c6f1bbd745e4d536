export interface paths {
    "/admin/v1/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listApps"];
        put?: never;
        post: operations["createApp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getApp"];
        put?: never;
        post?: never;
        delete: operations["deleteApp"];
        options?: never;
        head?: never;
        patch: operations["changeApp"];
        trace?: never;
    };
    "/admin/v1/apps/{appId}/public-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAppPublicKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/revoke-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["revokeAppTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listAppSecrets"];
        put?: never;
        post: operations["createAppSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/secrets/{secretId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteAppSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/secrets/{secretId}/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["promoteAppSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/secrets/{secretId}/compromise": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["compromiseAppSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listAccounts"];
        put?: never;
        post: operations["createAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/accounts/{accountId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAccount"];
        put?: never;
        post?: never;
        delete: operations["deleteAccount"];
        options?: never;
        head?: never;
        patch: operations["changeAccount"];
        trace?: never;
    };
    "/admin/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listMySessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/me/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["endMySession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["changeMyPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/me/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listMyPasskeys"];
        put?: never;
        post: operations["registerMyPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/me/passkey-options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMyPasskeyOptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/me/passkeys/{passkeyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteMyPasskey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSites"];
        put?: never;
        post: operations["createSite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/sites/{siteId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSite"];
        put?: never;
        post?: never;
        delete: operations["deleteSite"];
        options?: never;
        head?: never;
        patch: operations["changeSite"];
        trace?: never;
    };
    "/admin/v1/sites/{siteId}/copy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["copySite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/sites/{siteId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/sites/{siteId}/members/{accountId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getMember"];
        put: operations["putMember"];
        post?: never;
        delete: operations["deleteMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listRoles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listInstancesOfApp"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/instances/{instanceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getInstance"];
        put?: never;
        post?: never;
        delete: operations["removeInstance"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/instances/{instanceId}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["suspendInstance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/instances/{instanceId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["resumeInstance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/instances/{instanceId}/revoke-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["revokeInstanceTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/instances/{instanceId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["approveInstance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/instances/{instanceId}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["withdrawScopes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/sites/{siteId}/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSiteApps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/sites/{siteId}/apps/{appId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSiteApp"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/install-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listAllInstallRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/sites/{siteId}/install-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listInstallRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/sites/{siteId}/install-requests/{requestId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["approveInstallRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/sites/{siteId}/install-requests/{requestId}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["declineInstallRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listWebhooks"];
        put?: never;
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/webhooks/{webhookId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/admin/v1/apps/{appId}/webhooks/{webhookId}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["pauseWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/webhooks/{webhookId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["resumeWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/webhooks/{webhookId}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/webhooks/{webhookId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/deliveries/{deliveryId}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["resendDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listEventTypes"];
        put?: never;
        post: operations["createEventType"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/deliveries/{deliveryId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/jobs/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["countForJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listJobs"];
        put?: never;
        post: operations["createJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/jobs/{jobId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/extensions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listExtensions"];
        put?: never;
        post: operations["createExtension"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/extensions/{extensionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getExtension"];
        put?: never;
        post?: never;
        delete: operations["deleteExtension"];
        options?: never;
        head?: never;
        patch: operations["changeExtension"];
        trace?: never;
    };
    "/admin/v1/instances/{instanceId}/page-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createPageUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/service-plugin-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listServicePluginTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/extensions/{extensionId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["testExtension"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/service-plugin-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listServicePluginCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listPermissions"];
        put?: never;
        post: operations["createPermission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/scopes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listScopes"];
        put?: never;
        post: operations["createScope"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSigningKeys"];
        put?: never;
        post: operations["createSigningKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/keys/{kid}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["retireSigningKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listApiKeys"];
        put?: never;
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/api-keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listAuditEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/token-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listTokenLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/refused-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["countRefusedRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/apps/{appId}/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAppCounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getCounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getPlatformHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/settings/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRetention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["changeRetention"];
        trace?: never;
    };
    "/admin/v1/instances/{instanceId}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/v1/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["findId"];
        put?: never;
        post: operations["findSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        App: {
            /** Format: uuid */
            appId: string;
            name: string;
            scopes: {
                scopeId: string;
                optional: boolean;
                reason: string | null;
            }[];
            legacy: {
                appUrl: string;
                redirectUrls: string[];
            } | null;
            postInstallationUrls: string[];
            enabled: boolean;
            /** @enum {string} */
            tokenFormat: "jwt" | "wix";
            tokenLifetime: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        CreatedApp: {
            /** Format: uuid */
            appId: string;
            name: string;
            scopes: {
                scopeId: string;
                optional: boolean;
                reason: string | null;
            }[];
            legacy: {
                appUrl: string;
                redirectUrls: string[];
            } | null;
            postInstallationUrls: string[];
            enabled: boolean;
            /** @enum {string} */
            tokenFormat: "jwt" | "wix";
            tokenLifetime: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            publicKey: string;
            secret: {
                /** Format: uuid */
                secretId: string;
                value: string;
            };
        };
        AppSecret: {
            /** Format: uuid */
            secretId: string;
            name: string;
            primary: boolean;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            lastUsedAt: string | null;
            /** Format: date-time */
            expiresAt: string | null;
            /** Format: date-time */
            compromisedAt: string | null;
        };
        CreatedAppSecret: {
            /** Format: uuid */
            secretId: string;
            value: string;
        };
        Account: {
            /** Format: uuid */
            accountId: string;
            email: string | null;
            name: string;
            isDeveloper: boolean;
            isOperator: boolean;
            hasPassword: boolean;
            disabled: boolean;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        Me: {
            name: string;
            account: {
                /** Format: uuid */
                accountId: string;
                email: string | null;
                name: string;
                isDeveloper: boolean;
                isOperator: boolean;
            } | null;
            portal: {
                /** Format: uuid */
                linkId: string;
                /** Format: uuid */
                appId: string | null;
                /** Format: uuid */
                siteId: string | null;
                pages: string[];
                theme: {
                    /** @enum {string} */
                    colorScheme?: "light" | "dark" | "auto";
                    primaryColor?: string;
                };
                /** Format: date-time */
                expiresAt: string;
            } | null;
        };
        Session: {
            /** Format: uuid */
            sessionId: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            usedAt: string;
            /** Format: date-time */
            expiresAt: string;
            isCurrent: boolean;
        };
        Passkey: {
            passkeyId: string;
            name: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            usedAt: string | null;
        };
        PasskeyCreationOptions: {
            timeout: number;
            challenge: string;
            rp: {
                id: string;
                name: string;
            };
            user: {
                id: string;
                name: string;
                displayName: string;
            };
            pubKeyCredParams: {
                /** @enum {string} */
                type: "public-key";
                alg: number;
            }[];
            authenticatorSelection: {
                /** @enum {string} */
                residentKey: "required";
                /** @enum {string} */
                userVerification: "required";
            };
            /** @enum {string} */
            attestation: "none";
            excludeCredentials: {
                /** @enum {string} */
                type: "public-key";
                id: string;
            }[];
        };
        Site: {
            /** Format: uuid */
            siteId: string;
            name: string;
            externalId: string | null;
            locale: string;
            currency: string;
            url: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        Member: {
            /** Format: uuid */
            siteId: string;
            accountId: string;
            name: string | null;
            role: string;
        };
        Role: {
            role: string;
            permissions: string[] | null;
        };
        Instance: {
            /** Format: uuid */
            instanceId: string;
            /** Format: uuid */
            appId: string;
            /** Format: uuid */
            siteId: string;
            /** @enum {string} */
            state: "installed" | "suspended" | "removed";
            grant: string[];
            declined: string[];
            preApproved: string[];
            /** Format: uuid */
            originInstanceId: string | null;
            /** Format: date-time */
            setupCompletedAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            lastTokenAt: string | null;
        };
        Approval: {
            /** Format: uuid */
            instanceId: string;
            /** Format: uuid */
            appId: string;
            /** Format: uuid */
            siteId: string;
            kept: {
                scopeId: string;
                optional: boolean;
                reason: string | null;
            }[];
            added: {
                scopeId: string;
                optional: boolean;
                reason: string | null;
            }[];
            dropped: string[];
            /** Format: uri */
            approvalUrl: string;
            /** Format: date-time */
            requestedAt: string;
        };
        SiteApp: {
            /** Format: uuid */
            siteId: string;
            /** Format: uuid */
            appId: string;
            /** Format: uuid */
            instanceId: string;
            name: string;
            enabled: boolean;
            /** @enum {string} */
            state: "installed" | "suspended" | "removed";
            scopes: {
                scopeId: string;
                name: string;
                optional: boolean;
                reason: string | null;
                permissions: {
                    permissionId: string;
                    description: string;
                }[];
                /** @enum {string} */
                status: "granted" | "added" | "declined" | "dropped";
            }[];
            pages: {
                /** Format: uuid */
                extensionId: string;
                /** @enum {string} */
                kind: "IFRAME_PAGE" | "EXTERNAL_PAGE";
                url: string;
            }[];
            /** Format: uuid */
            originInstanceId: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            lastTokenAt: string | null;
        };
        InstallRequest: {
            requestId: string;
            /** Format: uuid */
            appId: string;
            appName: string | null;
            /** Format: uuid */
            siteId: string;
            accountId: string;
            accountName: string | null;
            /** @enum {string} */
            state: "pending" | "approved" | "declined";
            decidedBy: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            decidedAt: string | null;
            /** Format: date-time */
            expiresAt: string;
        };
        Webhook: {
            /** Format: uuid */
            webhookId: string;
            /** Format: uuid */
            appId: string;
            eventType: string;
            url: string;
            /** @enum {string} */
            format: "jwt" | "json";
            /** @enum {string} */
            state: "active" | "failing" | "paused" | "unconfirmed";
            confirmation: components["schemas"]["WebhookConfirmation"];
            /** @enum {string|null} */
            pauseReason: "manual" | "failing" | "gone" | "unconfirmed" | null;
            /** Format: date-time */
            pausedAt: string | null;
            failures: number;
            /** Format: date-time */
            failingSince: string | null;
            lastWarningPercent: number;
            /** Format: date-time */
            previousSecretExpiresAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        WebhookConfirmation: {
            /** @enum {string} */
            state: "not_required" | "unconfirmed" | "confirmed";
            reason: string | null;
            /** Format: date-time */
            lastAttemptAt: string | null;
            /** Format: date-time */
            nextAttemptAt: string | null;
        };
        CreatedWebhook: {
            /** Format: uuid */
            webhookId: string;
            /** Format: uuid */
            appId: string;
            eventType: string;
            url: string;
            /** @enum {string} */
            format: "jwt" | "json";
            /** @enum {string} */
            state: "active" | "failing" | "paused" | "unconfirmed";
            confirmation: components["schemas"]["WebhookConfirmation"];
            /** @enum {string|null} */
            pauseReason: "manual" | "failing" | "gone" | "unconfirmed" | null;
            /** Format: date-time */
            pausedAt: string | null;
            failures: number;
            /** Format: date-time */
            failingSince: string | null;
            lastWarningPercent: number;
            /** Format: date-time */
            previousSecretExpiresAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            pending: number;
            missingPermission: string | null;
            signingSecret: string;
        };
        WebhookDetails: {
            /** Format: uuid */
            webhookId: string;
            /** Format: uuid */
            appId: string;
            eventType: string;
            url: string;
            /** @enum {string} */
            format: "jwt" | "json";
            /** @enum {string} */
            state: "active" | "failing" | "paused" | "unconfirmed";
            confirmation: components["schemas"]["WebhookConfirmation"];
            /** @enum {string|null} */
            pauseReason: "manual" | "failing" | "gone" | "unconfirmed" | null;
            /** Format: date-time */
            pausedAt: string | null;
            failures: number;
            /** Format: date-time */
            failingSince: string | null;
            lastWarningPercent: number;
            /** Format: date-time */
            previousSecretExpiresAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            pending: number;
            missingPermission: string | null;
        };
        Delivery: {
            /** Format: uuid */
            deliveryId: string;
            /** Format: uuid */
            eventId: string;
            eventType: string;
            /** Format: uuid */
            webhookId: string;
            /** Format: uuid */
            appId: string;
            /** Format: uuid */
            instanceId: string | null;
            sequence: number | null;
            /** @enum {string} */
            status: "blocked" | "pending" | "delivered" | "failed" | "canceled";
            attempts: number;
            sending: boolean;
            /** Format: date-time */
            nextAttemptAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            endedAt: string | null;
        };
        EventType: {
            eventType: string;
            description: string;
            permissionId: string | null;
        };
        ListedDelivery: {
            /** Format: uuid */
            deliveryId: string;
            /** Format: uuid */
            eventId: string;
            eventType: string;
            /** Format: uuid */
            webhookId: string;
            /** Format: uuid */
            appId: string;
            /** Format: uuid */
            instanceId: string | null;
            sequence: number | null;
            /** @enum {string} */
            status: "blocked" | "pending" | "delivered" | "failed" | "canceled";
            attempts: number;
            sending: boolean;
            /** Format: date-time */
            nextAttemptAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            endedAt: string | null;
            lastAttempt: {
                attempt: number;
                /** Format: date-time */
                startedAt: string;
                durationMs: number;
                outcome: string;
                status: number | null;
                detail: string | null;
            } | null;
        };
        DeliveryDetails: {
            /** Format: uuid */
            deliveryId: string;
            /** Format: uuid */
            eventId: string;
            eventType: string;
            /** Format: uuid */
            webhookId: string;
            /** Format: uuid */
            appId: string;
            /** Format: uuid */
            instanceId: string | null;
            sequence: number | null;
            /** @enum {string} */
            status: "blocked" | "pending" | "delivered" | "failed" | "canceled";
            attempts: number;
            sending: boolean;
            /** Format: date-time */
            nextAttemptAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            endedAt: string | null;
            payload: {
                [key: string]: unknown;
            };
            identity: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            occurredAt: string;
            log: components["schemas"]["DeliveryAttempt"][];
        };
        DeliveryAttempt: {
            attempt: number;
            /** Format: date-time */
            startedAt: string;
            durationMs: number;
            outcome: string;
            status: number | null;
            detail: string | null;
            requestHeaders: {
                [key: string]: string;
            };
            response: string | null;
        };
        JobCount: {
            count: number;
            more: boolean;
        };
        Job: {
            /** Format: uuid */
            jobId: string;
            action: string;
            filter: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            state: "pending" | "running" | "done" | "canceled" | "failed";
            total: number;
            more: boolean;
            done: number;
            failed: number;
            error: string | null;
            /** Format: uuid */
            appId: string | null;
            /** Format: uuid */
            siteId: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            endedAt: string | null;
        };
        Extension: {
            /** Format: uuid */
            extensionId: string;
            /** Format: uuid */
            appId: string;
            /** @enum {string} */
            kind: "IFRAME_PAGE" | "EXTERNAL_PAGE" | "SERVICE_PLUGIN";
            url: string | null;
            componentType: string | null;
            baseUri: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        PageUrl: {
            url: string;
            /** Format: date-time */
            expiresAt: string;
        };
        ServicePluginType: {
            methods: {
                name: string;
                path: string;
                timeoutMs: number;
                requestSchema?: {
                    [key: string]: unknown;
                };
                responseSchema?: {
                    [key: string]: unknown;
                };
                errors?: string[];
            }[];
            componentType: string;
            builtIn: boolean;
        };
        ServicePluginTest: {
            /** Format: uuid */
            appId: string;
            /** Format: uuid */
            instanceId: string;
            durationMs: number;
            response?: {
                [key: string]: unknown;
            };
            error?: {
                /** @enum {string} */
                code: "TIMEOUT" | "UNREACHABLE" | "REFUSED" | "INVALID_ANSWER" | "SCHEMA_TOO_EXPENSIVE" | "TOO_MANY_CALLS" | "APPLICATION_ERROR" | "CIRCUIT_OPEN" | "LOOP";
                message: string;
                status?: number;
                applicationCode?: string;
                data?: {
                    [key: string]: unknown;
                };
                /** Format: date-time */
                retryAt?: string;
            };
            requestId: string;
        };
        ServicePluginCall: {
            /** Format: uuid */
            callId: string;
            requestId: string;
            /** Format: uuid */
            appId: string;
            /** Format: uuid */
            instanceId: string;
            /** Format: uuid */
            siteId: string;
            componentType: string;
            method: string;
            outcome: string;
            status: number | null;
            detail: string | null;
            /** Format: date-time */
            startedAt: string;
            durationMs: number;
        };
        Permission: {
            permissionId: string;
            description: string;
        };
        Scope: {
            scopeId: string;
            name: string;
            permissions: string[];
        };
        SigningKey: {
            /** Format: uuid */
            kid: string;
            /** @enum {string} */
            state: "announced" | "active" | "retired" | "removed";
            /** Format: date-time */
            announcedAt: string;
            /** Format: date-time */
            activeAt: string;
            /** Format: date-time */
            retiredAt: string | null;
            /** Format: date-time */
            removedAt: string | null;
        };
        ApiKey: {
            /** Format: uuid */
            keyId: string;
            name: string;
            scopes: ("apps:read" | "apps:write" | "sites:read" | "sites:write" | "instances:read" | "instances:write" | "permissions:read" | "permissions:write" | "keys:read" | "keys:write" | "api-keys:read" | "api-keys:write" | "audit:read" | "token-log:read" | "find:read" | "webhooks:read" | "webhooks:write" | "events:read" | "events:publish" | "deliveries:read" | "deliveries:write" | "jobs:read" | "jobs:write" | "accounts:read" | "accounts:write" | "members:read" | "members:write" | "portal-links:read" | "portal-links:write" | "extensions:read" | "extensions:write" | "pages:open" | "service-plugins:read" | "service-plugins:write" | "service-plugins:call" | "metrics:read" | "settings:read" | "settings:write" | "tokens:introspect")[];
            /** Format: uuid */
            appId: string | null;
            resource: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            lastUsedAt: string | null;
            /** Format: date-time */
            expiresAt: string | null;
        };
        CreatedApiKey: {
            /** Format: uuid */
            keyId: string;
            name: string;
            scopes: ("apps:read" | "apps:write" | "sites:read" | "sites:write" | "instances:read" | "instances:write" | "permissions:read" | "permissions:write" | "keys:read" | "keys:write" | "api-keys:read" | "api-keys:write" | "audit:read" | "token-log:read" | "find:read" | "webhooks:read" | "webhooks:write" | "events:read" | "events:publish" | "deliveries:read" | "deliveries:write" | "jobs:read" | "jobs:write" | "accounts:read" | "accounts:write" | "members:read" | "members:write" | "portal-links:read" | "portal-links:write" | "extensions:read" | "extensions:write" | "pages:open" | "service-plugins:read" | "service-plugins:write" | "service-plugins:call" | "metrics:read" | "settings:read" | "settings:write" | "tokens:introspect")[];
            /** Format: uuid */
            appId: string | null;
            resource: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            lastUsedAt: string | null;
            /** Format: date-time */
            expiresAt: string | null;
            value: string;
        };
        AuditEntry: {
            /** Format: uuid */
            entryId: string;
            actor: string;
            action: string;
            /** Format: uuid */
            appId: string | null;
            /** Format: uuid */
            siteId: string | null;
            /** Format: uuid */
            instanceId: string | null;
            details: {
                [key: string]: unknown;
            };
            requestId: string;
            /** Format: date-time */
            occurredAt: string;
        };
        TokenLogEntry: {
            /** Format: uuid */
            entryId: string;
            /** Format: uuid */
            appId: string;
            /** Format: uuid */
            instanceId: string | null;
            /** @enum {string} */
            kind: "client" | "access-token" | "api-key";
            route: string | null;
            reason: string;
            requests: number;
            /** Format: date-time */
            firstAt: string;
            /** Format: date-time */
            lastAt: string;
            /** Format: uuid */
            firstRequestId: string;
            /** Format: uuid */
            lastRequestId: string;
        };
        RefusedRequests: {
            /** @enum {string} */
            kind: "client" | "access-token" | "api-key";
            route: string | null;
            reason: string;
            requests: number;
            /** Format: date-time */
            lastAt: string;
        };
        Counts: {
            /** @enum {string} */
            metric: "tokens" | "apiCalls" | "deliveries" | "pluginCalls";
            /** @enum {string} */
            step: "minute" | "hour";
            at: string[];
            series: {
                outcome: string;
                total: number;
                counts: number[];
                averageMs?: (number | null)[];
                p50Ms?: (number | null)[];
                p95Ms?: (number | null)[];
            }[];
        };
        PlatformHealth: {
            version: string;
            database: {
                /** @enum {string} */
                engine: "sqlite" | "postgres";
                latencyMs: number;
                sizeBytes: number;
                failures: number;
            };
            deliveries: {
                pending: number;
                /** Format: date-time */
                oldestDueAt: string | null;
                /** Format: date-time */
                oldestEventAt: string | null;
            };
            webhooks: {
                /** Format: uuid */
                webhookId: string;
                /** Format: uuid */
                appId: string;
                eventType: string;
                url: string;
                failures: number;
                /** Format: date-time */
                failingSince: string | null;
                /** Format: date-time */
                pausedAt: string | null;
                /** @enum {string|null} */
                pauseReason: "manual" | "failing" | "gone" | "unconfirmed" | null;
                pending: number;
            }[];
            maintenance: {
                work: string;
                /** Format: date-time */
                succeededAt: string | null;
            }[];
        };
        Retention: {
            items: {
                /** @enum {string} */
                kind: "deliveries" | "events" | "tokenLog" | "pluginCalls" | "countsByMinute" | "countsByHour" | "audit";
                description: string;
                days: number | null;
                defaultDays: number | null;
                leastDays: number;
                mostDays: number;
            }[];
        };
        TimelineEntry: {
            /** @enum {string} */
            kind: "refused-request" | "delivery" | "plugin-call" | "change";
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            name: string;
            outcome: string | null;
            detail: string | null;
            httpStatus: number | null;
            durationMs: number | null;
            requests: number | null;
            /** Format: date-time */
            lastAt: string | null;
            actor: string | null;
            requestId: string | null;
        };
        TimelineSummary: {
            kinds: ("refused-request" | "delivery" | "plugin-call" | "change")[];
            tokens: {
                issued: number;
                /** Format: date-time */
                lastAt: string | null;
            };
            pages: {
                /** Format: uuid */
                extensionId: string;
                openings: number;
                /** Format: date-time */
                lastAt: string;
            }[];
        };
        FoundObject: {
            /** @enum {string} */
            type: "app" | "site" | "instance" | "event" | "delivery" | "webhook" | "extension" | "job" | "account" | "install-request" | "signing-key" | "refused-request" | "change" | "plugin-call" | "revoked-token" | "app-secret" | "api-key" | "access-token";
            id: string | null;
            name: string | null;
            state: string | null;
            appId: string | null;
            instanceId: string | null;
            siteId: string | null;
            href: string | null;
            refused: {
                /** Format: uuid */
                entryId: string;
                /** Format: uuid */
                appId: string;
                /** Format: uuid */
                instanceId: string | null;
                /** @enum {string} */
                kind: "client" | "access-token" | "api-key";
                route: string | null;
                reason: string;
                requests: number;
                /** Format: date-time */
                firstAt: string;
                /** Format: date-time */
                lastAt: string;
                /** Format: uuid */
                firstRequestId: string;
                /** Format: uuid */
                lastRequestId: string;
            } | null;
            token: {
                isValid: boolean;
                reason: string | null;
                explanation: string | null;
                audience: string | null;
                userId: string | null;
                secretId: string | null;
                scopes: string[];
                grantedScopes: string[];
                /** Format: date-time */
                issuedAt: string | null;
                /** Format: date-time */
                expiresAt: string | null;
            } | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listApps: {
        parameters: {
            query?: {
                name?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["App"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createApp: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    scopes?: (string | {
                        scopeId: string;
                        optional?: boolean;
                        reason?: string | null;
                    })[];
                    legacy?: {
                        appUrl: string;
                        redirectUrls: string[];
                    } | null;
                    postInstallationUrls?: string[];
                    /** @enum {string} */
                    tokenFormat?: "jwt" | "wix";
                    tokenLifetime?: number;
                    /** Format: uuid */
                    appId?: string;
                    secret?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApp"];
                };
            };
        };
    };
    getApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
        };
    };
    deleteApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    changeApp: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
            };
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    scopes?: (string | {
                        scopeId: string;
                        optional?: boolean;
                        reason?: string | null;
                    })[];
                    legacy?: {
                        appUrl: string;
                        redirectUrls: string[];
                    } | null;
                    postInstallationUrls?: string[];
                    /** @enum {string} */
                    tokenFormat?: "jwt" | "wix";
                    tokenLifetime?: number;
                    enabled?: boolean;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
        };
    };
    getAppPublicKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        publicKey: string;
                        publicKeyBase64: string;
                    };
                };
            };
        };
    };
    revokeAppTokens: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    listAppSecrets: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AppSecret"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createAppSecret: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** Format: date-time */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedAppSecret"];
                };
            };
        };
    };
    deleteAppSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appId: string;
                secretId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    promoteAppSecret: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
                secretId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    compromiseAppSecret: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
                secretId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    listAccounts: {
        parameters: {
            query?: {
                email?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Account"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createAccount: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    name: string;
                    password?: string;
                    isDeveloper?: boolean;
                    isOperator?: boolean;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    deleteAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    changeAccount: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
            };
            path: {
                accountId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email?: string | null;
                    name?: string;
                    password?: string;
                    isDeveloper?: boolean;
                    isOperator?: boolean;
                    disabled?: boolean;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    listMySessions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Session"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    endMySession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    changeMyPassword: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currentPassword?: string;
                    newPassword: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    listMyPasskeys: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Passkey"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    registerMyPasskey: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    credential: {
                        id: string;
                        rawId: string;
                        /** @enum {string} */
                        type: "public-key";
                        /** @default {} */
                        clientExtensionResults?: Record<string, never>;
                        response: {
                            clientDataJSON: string;
                            attestationObject: string;
                            /** @default [] */
                            transports?: string[];
                        };
                    };
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Passkey"];
                };
            };
        };
    };
    getMyPasskeyOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyCreationOptions"];
                };
            };
        };
    };
    deleteMyPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkeyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    listSites: {
        parameters: {
            query?: {
                externalId?: string;
                name?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Site"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createSite: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    externalId?: string;
                    locale?: string;
                    currency?: string;
                    /** Format: uri */
                    url?: string;
                    /** Format: uuid */
                    siteId?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    getSite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                siteId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    deleteSite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                siteId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    changeSite: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
            };
            path: {
                siteId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    externalId?: string | null;
                    locale?: string;
                    currency?: string;
                    /** Format: uri */
                    url?: string | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    copySite: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                siteId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    listMembers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                siteId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Member"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                siteId: string;
                accountId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
        };
    };
    putMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                siteId: string;
                accountId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    role: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
        };
    };
    deleteMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                siteId: string;
                accountId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    listRoles: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Role"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    listInstancesOfApp: {
        parameters: {
            query?: {
                state?: "installed" | "suspended" | "removed";
                grant?: "old";
                token?: "never";
                siteId?: string;
                externalId?: string;
                order?: "lastToken";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Instance"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instance"];
                };
            };
        };
    };
    removeInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instance"];
                };
            };
        };
    };
    suspendInstance: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instance"];
                };
            };
        };
    };
    resumeInstance: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instance"];
                };
            };
        };
    };
    revokeInstanceTokens: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instance"];
                };
            };
        };
    };
    approveInstance: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    grant?: string[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instance"];
                };
            };
        };
    };
    withdrawScopes: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    scopes: string[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instance"];
                };
            };
        };
    };
    listApprovals: {
        parameters: {
            query?: {
                appId?: string;
                siteId?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Approval"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    listSiteApps: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                siteId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SiteApp"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getSiteApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                siteId: string;
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteApp"];
                };
            };
        };
    };
    listAllInstallRequests: {
        parameters: {
            query?: {
                state?: "pending" | "approved" | "declined";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["InstallRequest"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    listInstallRequests: {
        parameters: {
            query?: {
                state?: "pending" | "approved" | "declined";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                siteId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["InstallRequest"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    approveInstallRequest: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                siteId: string;
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    grant?: string[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstallRequest"];
                };
            };
        };
    };
    declineInstallRequest: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                siteId: string;
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstallRequest"];
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Webhook"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    eventType: string;
                    url: string;
                    /**
                     * @default jwt
                     * @enum {string}
                     */
                    format?: "jwt" | "json";
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhook"];
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appId: string;
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDetails"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appId: string;
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    changeWebhook: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
            };
            path: {
                appId: string;
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    url?: string;
                    /** @enum {string} */
                    format?: "jwt" | "json";
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDetails"];
                };
            };
        };
    };
    pauseWebhook: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDetails"];
                };
            };
        };
    };
    resumeWebhook: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDetails"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhook"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    instanceId?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
        };
    };
    resendDelivery: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
        };
    };
    listEventTypes: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["EventType"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createEventType: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    eventType: string;
                    description: string;
                    permissionId?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                appId?: string;
                instanceId?: string;
                webhookId?: string;
                eventId?: string;
                eventType?: string;
                status?: "blocked" | "pending" | "delivered" | "failed" | "canceled";
                outcome?: string;
                httpStatus?: string;
                since?: string;
                until?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ListedDelivery"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetails"];
                };
            };
        };
    };
    countForJob: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    action: "resend" | "cancel" | "replay" | "revoke-tokens" | "approve";
                    filter: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobCount"];
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                appId?: string;
                siteId?: string;
                action?: "resend" | "cancel" | "replay" | "revoke-tokens" | "approve";
                state?: "pending" | "running" | "done" | "canceled" | "failed";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Job"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createJob: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    action: "resend" | "cancel" | "replay" | "revoke-tokens" | "approve";
                    filter: {
                        [key: string]: unknown;
                    };
                    confirmCount: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    listExtensions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Extension"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createExtension: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "IFRAME_PAGE" | "EXTERNAL_PAGE" | "SERVICE_PLUGIN";
                    url?: string;
                    componentType?: string;
                    baseUri?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Extension"];
                };
            };
        };
    };
    getExtension: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appId: string;
                extensionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Extension"];
                };
            };
        };
    };
    deleteExtension: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appId: string;
                extensionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    changeExtension: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
            };
            path: {
                appId: string;
                extensionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    url?: string;
                    baseUri?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Extension"];
                };
            };
        };
    };
    createPageUrl: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    extensionId: string;
                    accountId?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageUrl"];
                };
            };
        };
    };
    listServicePluginTypes: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ServicePluginType"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    testExtension: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                appId: string;
                extensionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    instanceId: string;
                    method: string;
                    /** @default {} */
                    request?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServicePluginTest"];
                };
            };
        };
    };
    listServicePluginCalls: {
        parameters: {
            query?: {
                appId?: string;
                siteId?: string;
                instanceId?: string;
                requestId?: string;
                componentType?: string;
                outcome?: "ANSWERED" | "TIMEOUT" | "UNREACHABLE" | "REFUSED" | "INVALID_ANSWER" | "SCHEMA_TOO_EXPENSIVE" | "TOO_MANY_CALLS" | "APPLICATION_ERROR" | "CIRCUIT_OPEN" | "LOOP";
                since?: string;
                until?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ServicePluginCall"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    listPermissions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Permission"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createPermission: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    permissionId: string;
                    description: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Permission"];
                };
            };
        };
    };
    listScopes: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Scope"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createScope: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    scopeId: string;
                    name: string;
                    permissions: string[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scope"];
                };
            };
        };
    };
    listSigningKeys: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SigningKey"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createSigningKey: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    activateNow?: boolean;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKey"];
                };
            };
        };
    };
    retireSigningKey: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                kid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    compromised?: boolean;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKey"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ApiKey"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    scopes: ("apps:read" | "apps:write" | "sites:read" | "sites:write" | "instances:read" | "instances:write" | "permissions:read" | "permissions:write" | "keys:read" | "keys:write" | "api-keys:read" | "api-keys:write" | "audit:read" | "token-log:read" | "find:read" | "webhooks:read" | "webhooks:write" | "events:read" | "events:publish" | "deliveries:read" | "deliveries:write" | "jobs:read" | "jobs:write" | "accounts:read" | "accounts:write" | "members:read" | "members:write" | "portal-links:read" | "portal-links:write" | "extensions:read" | "extensions:write" | "pages:open" | "service-plugins:read" | "service-plugins:write" | "service-plugins:call" | "metrics:read" | "settings:read" | "settings:write" | "tokens:introspect")[];
                    /** Format: uuid */
                    appId?: string;
                    resource?: string;
                    /** Format: date-time */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
        };
    };
    deleteApiKey: {
        parameters: {
            query?: {
                cascade?: "true" | "false";
            };
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    listAuditEntries: {
        parameters: {
            query?: {
                appId?: string;
                siteId?: string;
                instanceId?: string;
                actor?: string;
                action?: string;
                requestId?: string;
                since?: string;
                until?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    listTokenLog: {
        parameters: {
            query?: {
                appId?: string;
                instanceId?: string;
                requestId?: string;
                kind?: "client" | "access-token" | "api-key";
                reason?: string;
                since?: string;
                until?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TokenLogEntry"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    countRefusedRequests: {
        parameters: {
            query?: {
                since?: string;
            };
            header?: never;
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RefusedRequests"][];
                    };
                };
            };
        };
    };
    getAppCounts: {
        parameters: {
            query?: {
                metric?: "tokens" | "apiCalls" | "deliveries" | "pluginCalls";
                step?: "minute" | "hour";
                since?: string;
                until?: string;
            };
            header?: never;
            path: {
                appId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Counts"];
                };
            };
        };
    };
    getCounts: {
        parameters: {
            query?: {
                metric?: "tokens" | "apiCalls" | "deliveries" | "pluginCalls";
                step?: "minute" | "hour";
                since?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Counts"];
                };
            };
        };
    };
    getPlatformHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlatformHealth"];
                };
            };
        };
    };
    getRetention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
        };
    };
    changeRetention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    deliveries?: number | null;
                    events?: number | null;
                    tokenLog?: number | null;
                    pluginCalls?: number | null;
                    countsByMinute?: number | null;
                    countsByHour?: number | null;
                    audit?: number | null;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
        };
    };
    getTimeline: {
        parameters: {
            query?: {
                kinds?: string;
                since?: string;
                until?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TimelineEntry"][];
                        nextCursor: string | null;
                        summary: components["schemas"]["TimelineSummary"];
                    };
                };
            };
        };
    };
    findId: {
        parameters: {
            query: {
                id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["FoundObject"][];
                        notes: string[];
                    };
                };
            };
        };
    };
    findSecret: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    id: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["FoundObject"][];
                        notes: string[];
                    };
                };
            };
        };
    };
}
