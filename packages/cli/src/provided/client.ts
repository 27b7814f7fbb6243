/** What plugins get when they import `@prefish/protocol/client`. */
export * from '@prefish/protocol/client';
