/** What plugins get when they import `@prefish/protocol`. */
export * from '@prefish/protocol';
