/** What plugins get when they import `@prefish/screen`. */
export * from '@prefish/screen';
