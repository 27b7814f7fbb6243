/** What plugins get when they import `@prefish/durable`. */
export * from '@prefish/durable';
