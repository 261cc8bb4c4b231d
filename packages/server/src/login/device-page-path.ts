/** Where a person types the code of a device. */
export const DEVICE_PAGE = "/login/device";
